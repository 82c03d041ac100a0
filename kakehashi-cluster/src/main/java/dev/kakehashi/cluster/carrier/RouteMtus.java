package dev.kakehashi.cluster.carrier;

import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.rtnetlink.RouteType;
import dev.kakehashi.state.Link;
import dev.kakehashi.state.Resource;
import dev.kakehashi.state.Route;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Gives a route to a peer an MTU where less goes by it than this node's pods may send: because the
 * peer's pods take less, or because the path between the nodes carries less than the underlay's
 * interface. The kernel then tells the pod that sends (RFC 1191, RFC 8201), and no router in
 * between has to.
 */
public final class RouteMtus {
    /** RFC 8200, section 5: what every IPv6 link carries. */
    private static final int MIN_IPV6 = 1280;

    private record Limits(Peer peer, Peer.Endpoint endpoint) {}

    private final SelfNode self;
    private final int podMtu;
    private final Map<IpPrefix, Limits> limited = new HashMap<>();

    /**
     * For peers.
     *
     * @param podMtu of this node's pods, in octets
     */
    RouteMtus(SelfNode self, int podMtu, List<Peer> peers) {
        this.self = self;
        this.podMtu = podMtu;
        for (Peer peer : peers) {
            for (Peer.Endpoint endpoint : peer.endpoints()) {
                if (peer.podMtu().orElse(podMtu) < podMtu
                        || self.narrowPaths().containsKey(endpoint.underlay())) {
                    Limits limits = new Limits(peer, endpoint);
                    endpoint.subnets().forEach(subnet -> limited.put(subnet, limits));
                }
            }
        }
    }

    /**
     * What goes unwrapped to the pods of peers, by the peers' underlay addresses: octets, where
     * that is less than the MTU of this node's pods. A route has {@link #ofRoute} of it.
     *
     * @param podMtu of this node's pods, in octets
     */
    public static Map<InetAddress, Integer> unwrapped(SelfNode self, int podMtu, List<Peer> peers) {
        Map<InetAddress, Integer> mtus = new LinkedHashMap<>();
        for (Peer peer : peers) {
            for (Peer.Endpoint endpoint : peer.endpoints()) {
                InetAddress underlay = endpoint.underlay();
                int mtu =
                        Math.min(
                                peer.podMtu().orElse(podMtu),
                                self.narrowPaths().getOrDefault(underlay, podMtu));
                if (mtu < podMtu) {
                    mtus.put(underlay, mtu);
                }
            }
        }
        return mtus;
    }

    /** What of so many octets a route to pods of a family may say, in octets. */
    public static int ofRoute(boolean ipv4, int mtu) {
        return ipv4 ? mtu : Math.max(mtu, MIN_IPV6);
    }

    /** What a carrier has compiled, with these MTUs. */
    List<Resource> of(List<Resource> resources) {
        if (limited.isEmpty()) {
            return resources;
        }
        Map<String, Integer> devices = new HashMap<>();
        devices.put(self.underlay().device(), self.underlay().mtu());
        List<Resource> result = new ArrayList<>(resources.size());
        for (Resource resource : resources) {
            if (resource instanceof Link link && link.settings().mtu().isPresent()) {
                devices.put(link.name(), link.settings().mtu().getAsInt());
            }
            result.add(
                    resource instanceof Route route && limited.containsKey(route.destination())
                            ? with(route, devices)
                            : resource);
        }
        return result;
    }

    private Route with(Route route, Map<String, Integer> devices) {
        Limits limits = limited.get(route.destination());
        if (limits == null || route.type() != RouteType.UNICAST) {
            return route;
        }
        int mtu = limits.peer().podMtu().orElse(podMtu);
        Integer path = self.narrowPaths().get(limits.endpoint().underlay());
        OptionalInt device =
                route.nextHops().stream()
                        .flatMap(hop -> hop.device().stream())
                        .filter(devices::containsKey)
                        .mapToInt(devices::get)
                        .findFirst();
        if (path != null && device.isPresent()) {
            int wrapper = self.underlay().mtu() - device.getAsInt();
            mtu = Math.min(mtu, path - wrapper);
        }
        if (mtu >= podMtu) {
            return route;
        }
        return route.toBuilder().mtu(ofRoute(route.isIpv4(), mtu)).build();
    }
}
