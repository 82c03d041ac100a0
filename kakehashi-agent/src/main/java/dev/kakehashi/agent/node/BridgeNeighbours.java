package dev.kakehashi.agent.node;

import dev.kakehashi.cluster.IpBlockSpec;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.carrier.ClusterState;
import dev.kakehashi.cluster.node.CniConfList;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.rtnetlink.Address;
import dev.kakehashi.linux.rtnetlink.Bridge;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.Route;
import dev.kakehashi.linux.rtnetlink.RouteType;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.Neighbour;
import dev.kakehashi.state.Relation;
import dev.kakehashi.state.Sysctl;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What lets the bridge of a node's pods answer for those that have an address of its subnets and
 * are not on it: pods of this node that are routed, since {@code podLink} was another when they or
 * the others came, and pods of other nodes that borrowed the address. For a pod of the bridge the
 * whole subnet is its link, where it asks for them by ARP (RFC 1027) and NDP (RFC 4389); the node,
 * which has routes to them, answers.
 */
final class BridgeNeighbours {
    private BridgeNeighbours() {}

    /** The addresses of a node's own blocks that other nodes have borrowed. */
    static Set<InetAddress> lent(Network network, String node, ClusterState cluster) {
        return cluster.blocks().stream()
                .filter(block -> block.node().equals(node))
                .filter(block -> block.network().equals(network.name()))
                .flatMap(block -> block.givenUp().stream())
                .filter(IpBlockSpec.GivenUp::isBorrowed)
                .map(IpBlockSpec.GivenUp::address)
                .collect(Collectors.toSet());
    }

    /**
     * What is wanted beside the links of pods that there are now; nothing while there are pods of
     * one kind only.
     *
     * @param links the node's
     * @param lent addresses that other nodes borrowed of this one
     * @param kernel asked for addresses and routes, where there is somebody to answer for
     */
    static DesiredState wanted(
            Network network, List<Link> links, Set<InetAddress> lent, RtNetlink kernel)
            throws IOException {
        Optional<Link> bridge = bridgeOfPods(links);
        Set<Integer> routed =
                PodLinks.hostEnds(links, network).stream()
                        .filter(end -> end.master() == 0)
                        .map(Link::index)
                        .collect(Collectors.toSet());
        if (bridge.isEmpty() || (routed.isEmpty() && lent.isEmpty())) {
            return DesiredState.EMPTY;
        }
        List<IpPrefix> subnets =
                kernel.addresses(bridge.get().index()).stream()
                        .map(Address::prefix)
                        .map(IpPrefix::network)
                        .filter(subnet -> network.cidrOf(subnet).isPresent())
                        .toList();
        Set<InetAddress> elsewhere = new HashSet<>(lent);
        if (!routed.isEmpty()) {
            elsewhere.addAll(routedBy(routed, kernel.routes(Route.MAIN)));
        }
        elsewhere.removeIf(address -> subnets.stream().noneMatch(net -> net.contains(address)));
        return answering(elsewhere);
    }

    /** The bridge, if pods are on it. */
    static Optional<Link> bridgeOfPods(List<Link> links) {
        return links.stream()
                .filter(link -> link.name().equals(CniConfList.BRIDGE))
                .filter(link -> link.kind().filter(Bridge.class::isInstance).isPresent())
                .filter(link -> links.stream().anyMatch(port -> port.master() == link.index()))
                .findAny();
    }

    /** What there are routes to by some links alone, as to each routed pod. */
    private static Set<InetAddress> routedBy(Set<Integer> links, List<Route> routes) {
        Set<InetAddress> addresses = new HashSet<>();
        for (Route route : routes) {
            IpPrefix destination = route.destination();
            if (destination.length() == destination.bits()
                    && route.type() == RouteType.UNICAST
                    && route.nextHops().size() == 1
                    && links.contains(route.nextHops().getFirst().link())) {
                addresses.add(destination.address());
            }
        }
        return addresses;
    }

    /**
     * The bridge answers for these. Equivalent to: {@code ip neighbour add proxy $address dev cni0
     * protocol 75} for each of them, and {@code sysctl -w net.ipv6.conf.cni0.proxy_ndp=1} where
     * there is one of IPv6; IPv4 answers for single addresses without a switch (arp_process(),
     * net/ipv4/arp.c). {@code sysctl -w net.$family.neigh.cni0.proxy_delay=0}, so that the first
     * packet does not wait for up to 0.8 s: there is nobody else who could answer.
     */
    static DesiredState answering(Collection<InetAddress> addresses) {
        DesiredState.Builder state = DesiredState.builder();
        if (addresses.stream().anyMatch(Inet4Address.class::isInstance)) {
            state.host(ofBridge("net/ipv4/neigh/" + Sysctl.DEVICE + "/proxy_delay", "0"));
        }
        if (addresses.stream().anyMatch(Inet6Address.class::isInstance)) {
            state.host(
                    ofBridge("net/ipv6/neigh/" + Sysctl.DEVICE + "/proxy_delay", "0"),
                    ofBridge("net/ipv6/conf/" + Sysctl.DEVICE + "/proxy_ndp", "1"));
        }
        addresses.stream()
                .sorted(Comparator.comparing(IpAddresses::format))
                .forEach(address -> state.host(Neighbour.proxy(CniConfList.BRIDGE, address)));
        return state.build();
    }

    /** The bridge is not ours alone, and others may let it answer for somebody too. */
    private static Sysctl ofBridge(String path, String value) {
        return new Sysctl(path, Relation.SHARED, Optional.of(CniConfList.BRIDGE), value, true);
    }

    /** For whom it answers. */
    static List<InetAddress> answered(DesiredState state) {
        return state.in(NamespaceId.HOST).stream()
                .filter(Neighbour.class::isInstance)
                .map(resource -> ((Neighbour) resource).address())
                .toList();
    }
}
