package dev.kakehashi.cluster.carrier;

import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.state.Address;
import dev.kakehashi.state.NextHop;
import dev.kakehashi.state.Resource;
import dev.kakehashi.state.Route;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Routes of several carriers beside each other. To each peer that of the carrier in use is as if
 * there were no other; those of the others stand behind it, so that a probe can go by them (they
 * are found where the device is given) and no packet is without a way if a device goes.
 *
 * <p>Turning from one to another replaces the first (RTM_NEWROUTE with NLM_F_REPLACE): there is no
 * moment without a route.
 */
final class MixedRoutes {
    /** Behind the routes of BIRD, before {@link NodeCompiler#BLACKHOLE_METRIC}. */
    static final int STANDBY_METRIC = 2048;

    private static final String LOOPBACK = "lo";

    private final Ways ways;
    private final Map<IpPrefix, String> owners = new HashMap<>();

    MixedRoutes(Ways ways, List<Peer> peers) {
        this.ways = ways;
        if (!ways.isMixed()) {
            return;
        }
        for (Peer peer : peers) {
            for (Peer.Endpoint endpoint : peer.endpoints()) {
                endpoint.subnets().forEach(subnet -> owners.put(subnet, peer.name()));
            }
        }
    }

    /** What a carrier has compiled, with its routes in their place. */
    List<Resource> of(Way carrier, List<Resource> resources) {
        if (!ways.isMixed()) {
            return resources;
        }
        List<Resource> placed = new ArrayList<>(resources.size());
        for (Resource resource : resources) {
            Optional<String> peer =
                    resource instanceof Route route
                            ? Optional.ofNullable(owners.get(route.destination()))
                            : Optional.empty();
            if (peer.isPresent()) {
                gateways((Route) resource).forEach(placed::add);
            }
            if (peer.isEmpty() || ways.to(peer.get()) == carrier) {
                placed.add(resource);
            } else {
                placed.add(standby(carrier, (Route) resource));
            }
        }
        return placed;
    }

    /**
     * Routes to the gateways of an IPv6 route that are inside of what it leads to, as VXLAN's are:
     * while another carrier's route leads there by another device the kernel refuses them as "not
     * on this device", also where they are said to be on link (ip6_route_check_nh_onlink).
     */
    private static List<Route> gateways(Route route) {
        List<Route> gateways = new ArrayList<>();
        for (NextHop hop : route.nextHops()) {
            if (route.isIpv4() || !hop.onlink() || hop.via().isEmpty() || hop.device().isEmpty()) {
                continue;
            }
            IpPrefix gateway = IpPrefix.host(hop.via().get());
            if (route.destination().contains(gateway) && !route.destination().equals(gateway)) {
                gateways.add(Route.to(gateway, NextHop.dev(hop.device().get())).build());
            }
        }
        return gateways;
    }

    private static Route standby(Way carrier, Route route) {
        return Route.to(route.destination(), route.nextHops())
                .metric(NodeCompiler.standbyMetric(carrier))
                .build();
    }

    /**
     * What several carriers need besides: what comes by one is answered by another, so the underlay
     * must not drop what it would not send back the same way (RFC 3704); and a probe needs an
     * address among the pods' on every node, which not all carriers have.
     */
    static List<Resource> aids(SelfNode self) {
        List<Resource> aids = new ArrayList<>();
        for (boolean ipv4 : new boolean[] {true, false}) {
            for (IpPrefix subnet : self.wholeSubnets(ipv4)) {
                aids.add(Address.of(LOOPBACK, IpPrefix.host(subnet.address())).withoutDad());
            }
        }
        if (self.underlay().address(true).isPresent() || !self.subnets(true).isEmpty()) {
            aids.add(Tunnels.looseReversePath(self.underlay().device()));
        }
        return aids;
    }
}
