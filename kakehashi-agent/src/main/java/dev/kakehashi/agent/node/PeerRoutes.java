package dev.kakehashi.agent.node;

import dev.kakehashi.agent.status.RouteStatus;
import dev.kakehashi.cluster.CarrierName;
import dev.kakehashi.cluster.carrier.Peer;
import dev.kakehashi.cluster.carrier.Peers;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.rtnetlink.RouteType;
import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.Link;
import dev.kakehashi.state.LinkOrigin;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.NextHop;
import dev.kakehashi.state.Ownership;
import dev.kakehashi.state.Resource;
import dev.kakehashi.state.ResourceKey;
import dev.kakehashi.state.Route;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * A node's routes to the pods of others: whose each is, by which carrier, and how what the kernel
 * has stands to what is wanted. Pure.
 */
final class PeerRoutes {
    /** The number of BIRD's routes (linux/rtnetlink.h). */
    private static final int RTPROT_BIRD = 12;

    private final Converged node;
    private final Map<String, CarrierName> carriers = new HashMap<>();
    private final NavigableMap<IpPrefix, String> owners = new TreeMap<>();

    PeerRoutes(Converged node) {
        this.node = node;
        DesiredState desired = node.state().desired();
        for (Resource resource : desired.in(NamespaceId.HOST)) {
            if (resource instanceof Link link
                    && link.origin() instanceof LinkOrigin.Created created) {
                carrier(created.kind().name())
                        .ifPresent(carrier -> carriers.put(link.name(), carrier));
            }
        }
        for (Peer peer : Peers.of(node.network(), node.self(), node.cluster()).usable()) {
            peer.endpoints()
                    .forEach(end ->
                            end.subnets().forEach(subnet -> owners.put(subnet, peer.name())));
        }
    }

    /** The carrier that makes links of a kind. */
    private static Optional<CarrierName> carrier(String kind) {
        return switch (kind) {
            case "vxlan" -> Optional.of(CarrierName.VXLAN);
            case "ipip" -> Optional.of(CarrierName.IPIP);
            case "wireguard" -> Optional.of(CarrierName.WIREGUARD);
            default -> Optional.empty();
        };
    }

    /** How many of the others are reached by which carrier; of two ways to one the first counts. */
    Map<String, Integer> peersByCarrier() {
        Map<String, String> byPeer = new HashMap<>();
        for (Route route : wanted()) {
            owner(route.destination())
                    .ifPresent(peer -> byPeer.putIfAbsent(peer, carrier(route).toString()));
        }
        Map<String, Integer> counts = new TreeMap<>();
        for (String peer : node.state().peers()) {
            String carrier = byPeer.getOrDefault(peer, node.network().spec().carrier().toString());
            counts.merge(carrier, 1, Integer::sum);
        }
        return counts;
    }

    /**
     * The routes.
     *
     * @param kernel what the main tables have
     * @param links the node's links by index
     * @param departed what of the wanted state the engine would change now
     */
    List<RouteStatus> of(
            List<dev.kakehashi.linux.rtnetlink.Route> kernel,
            Map<Integer, dev.kakehashi.linux.rtnetlink.Link> links,
            Set<ResourceKey> departed) {
        Map<IpPrefix, dev.kakehashi.linux.rtnetlink.Route> there = new HashMap<>();
        for (dev.kakehashi.linux.rtnetlink.Route route : kernel) {
            if (route.protocol() == Ownership.PROTOCOL || route.protocol() == RTPROT_BIRD) {
                there.putIfAbsent(route.destination(), route);
            }
        }
        List<RouteStatus> rows = new ArrayList<>();
        Set<IpPrefix> told = new HashSet<>();
        for (Route route : wanted()) {
            told.add(route.destination());
            rows.add(wanted(route, there.get(route.destination()), links, departed));
        }
        boolean bgp = node.network().spec().carrier() == CarrierName.BGP;
        owners.forEach((prefix, owner) -> {
            if (bgp && told.add(prefix)) {
                rows.add(told(prefix, owner, there.get(prefix), links));
            }
        });
        there.forEach((prefix, route) -> {
            if (!told.contains(prefix)
                    && route.type() == RouteType.UNICAST
                    && node.network().cidrOf(prefix).isPresent()
                    && node.self().subnets().stream().noneMatch(own -> own.contains(prefix))) {
                rows.add(row(prefix, "", "", route, links, RouteStatus.State.UNWANTED));
            }
        });
        rows.sort(Comparator.comparing(RouteStatus::prefix));
        return rows;
    }

    private List<Route> wanted() {
        List<Route> routes = new ArrayList<>();
        for (Resource resource : node.state().desired().in(NamespaceId.HOST)) {
            if (resource instanceof Route route
                    && route.type() == RouteType.UNICAST
                    && owner(route.destination()).isPresent()) {
                routes.add(route);
            }
        }
        return routes;
    }

    private Optional<String> owner(IpPrefix destination) {
        Map.Entry<IpPrefix, String> entry = owners.floorEntry(destination);
        return entry != null && entry.getKey().contains(destination)
                ? Optional.of(entry.getValue())
                : Optional.empty();
    }

    private CarrierName carrier(Route route) {
        return route.nextHops().stream()
                .findFirst()
                .flatMap(NextHop::device)
                .map(carriers::get)
                .orElse(CarrierName.HOST_GW);
    }

    private RouteStatus wanted(
            Route route,
            dev.kakehashi.linux.rtnetlink.@org.jspecify.annotations.Nullable Route there,
            Map<Integer, dev.kakehashi.linux.rtnetlink.Link> links,
            Set<ResourceKey> departed) {
        RouteStatus.State state =
                !departed.contains(route.key())
                        ? RouteStatus.State.OK
                        : there == null ? RouteStatus.State.MISSING : RouteStatus.State.DIFFERS;
        String owner = owner(route.destination()).orElse("");
        return row(route.destination(), owner, carrier(route).toString(), there, links, state);
    }

    /** What BIRD has been told by others, and should have put into the kernel. */
    private RouteStatus told(
            IpPrefix prefix,
            String owner,
            dev.kakehashi.linux.rtnetlink.@org.jspecify.annotations.Nullable Route there,
            Map<Integer, dev.kakehashi.linux.rtnetlink.Link> links) {
        RouteStatus.State state = there == null ? RouteStatus.State.MISSING : RouteStatus.State.OK;
        return row(prefix, owner, CarrierName.BGP.toString(), there, links, state);
    }

    private static RouteStatus row(
            IpPrefix prefix,
            String owner,
            String carrier,
            dev.kakehashi.linux.rtnetlink.@org.jspecify.annotations.Nullable Route there,
            Map<Integer, dev.kakehashi.linux.rtnetlink.Link> links,
            RouteStatus.State state) {
        if (there == null || there.nextHops().isEmpty()) {
            return new RouteStatus(prefix, owner, carrier, "", "", 0, state);
        }
        dev.kakehashi.linux.rtnetlink.NextHop hop = there.nextHops().getFirst();
        Optional<dev.kakehashi.linux.rtnetlink.Link> link =
                Optional.ofNullable(links.get(hop.link()));
        return new RouteStatus(
                prefix,
                owner,
                carrier,
                hop.gateway().map(IpAddresses::format).orElse(""),
                link.map(dev.kakehashi.linux.rtnetlink.Link::name).orElse(""),
                there.mtu().orElse(link.map(dev.kakehashi.linux.rtnetlink.Link::mtu).orElse(0)),
                state);
    }
}
