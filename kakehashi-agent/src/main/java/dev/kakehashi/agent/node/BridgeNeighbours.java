package dev.kakehashi.agent.node;

import dev.kakehashi.cluster.IpBlockSpec;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.carrier.ClusterState;
import dev.kakehashi.cluster.node.CniConfList;
import dev.kakehashi.linux.Errno;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.netlink.BatchResult;
import dev.kakehashi.linux.netlink.NetlinkRequest;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.Address;
import dev.kakehashi.linux.rtnetlink.Bridge;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.Neighbour;
import dev.kakehashi.linux.rtnetlink.Neighbours;
import dev.kakehashi.linux.rtnetlink.Route;
import dev.kakehashi.linux.rtnetlink.RouteType;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.linux.sysctl.Sysctl;
import dev.kakehashi.linux.sysctl.SysctlName;
import dev.kakehashi.state.Ownership;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Lets the bridge of a node's pods answer for those that have an address of its subnets and are not
 * on it: pods of this node that are routed, since {@code podLink} was another when they or the
 * others came, and pods of other nodes that borrowed the address. For a pod of the bridge the whole
 * subnet is its link, where it asks for them by ARP (RFC 1027) and NDP (RFC 4389); the node, which
 * has routes to them, answers.
 *
 * <p>By messages of its own and not by the state engine: what is wanted follows from attachments,
 * which come and go, not from the network's intent, and the bridge is no object of ours alone.
 */
final class BridgeNeighbours {
    private static final System.Logger LOG = System.getLogger(NodeAgent.class.getName());

    /** IPv4 answers for single addresses without a switch (arp_process(), net/ipv4/arp.c). */
    private static final SysctlName PROXY_NDP =
            SysctlName.of("net", "ipv6", "conf", CniConfList.BRIDGE, "proxy_ndp");

    private final Netns host;
    private final RtNetlink kernel;

    /** Whether the bridge may have entries of ours: those of an earlier agent too. */
    private boolean any = true;

    /**
     * Of a node; both are lent.
     *
     * @param kernel in the namespace of {@code host}
     */
    BridgeNeighbours(Netns host, RtNetlink kernel) {
        this.host = host;
        this.kernel = kernel;
    }

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
     * Makes it so. Equivalent to: {@code ip neighbour add proxy $address dev cni0 protocol 75} for
     * each of them, and {@code sysctl -w net.ipv6.conf.cni0.proxy_ndp=1} where there is one of
     * IPv6; {@code sysctl -w net.$family.neigh.cni0.proxy_delay=0}, so that the first packet does
     * not wait for up to 0.8 s: there is nobody else who could answer.
     *
     * @param links the node's, as they are now
     * @param ends of them the host's ends of pairs of the network's pods
     * @param lent addresses that other nodes borrowed of this one
     */
    void keep(Network network, List<Link> links, List<Link> ends, Set<InetAddress> lent)
            throws IOException {
        Set<Integer> routed =
                ends.stream()
                        .filter(end -> end.master() == 0)
                        .map(Link::index)
                        .collect(Collectors.toSet());
        Optional<Link> bridge =
                links.stream().filter(link -> isBridgeOfPods(link, links)).findAny();
        boolean mixed = bridge.isPresent() && !(routed.isEmpty() && lent.isEmpty());
        if (bridge.isEmpty() || !(mixed || any)) {
            return;
        }
        int index = bridge.get().index();
        List<IpPrefix> subnets =
                kernel.addresses(index).stream()
                        .map(Address::prefix)
                        .map(IpPrefix::network)
                        .filter(subnet -> network.cidrOf(subnet).isPresent())
                        .toList();
        Set<InetAddress> wanted = mixed ? routedTo(routed) : new HashSet<>();
        wanted.addAll(lent);
        wanted.removeIf(address -> subnets.stream().noneMatch(subnet -> subnet.contains(address)));
        answerFor(network, index, wanted);
        any = !wanted.isEmpty();
    }

    private static boolean isBridgeOfPods(Link link, List<Link> links) {
        return link.name().equals(CniConfList.BRIDGE)
                && link.kind().filter(Bridge.class::isInstance).isPresent()
                && links.stream().anyMatch(port -> port.master() == link.index());
    }

    /** What there are routes to by some links alone, as to each routed pod. */
    private Set<InetAddress> routedTo(Set<Integer> links) throws IOException {
        Set<InetAddress> addresses = new HashSet<>();
        if (links.isEmpty()) {
            return addresses;
        }
        for (Route route : kernel.routes(Route.MAIN)) {
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

    private void answerFor(Network network, int bridge, Set<InetAddress> wanted)
            throws IOException {
        Set<InetAddress> answered =
                kernel.proxyNeighbours().stream()
                        .filter(entry -> entry.link() == bridge)
                        .filter(entry -> entry.protocol() == Ownership.PROTOCOL)
                        .map(Neighbour::address)
                        .collect(Collectors.toSet());
        Set<InetAddress> more = new HashSet<>(wanted);
        more.removeAll(answered);
        Set<InetAddress> fewer = new HashSet<>(answered);
        fewer.removeAll(wanted);
        if (more.isEmpty() && fewer.isEmpty()) {
            return;
        }
        if (more.stream().anyMatch(Inet4Address.class::isInstance)) {
            Sysctl.write(host, delay("ipv4"), "0");
        }
        if (more.stream().anyMatch(Inet6Address.class::isInstance)) {
            Sysctl.write(host, delay("ipv6"), "0");
            Sysctl.write(host, PROXY_NDP, "1");
        }
        List<NetlinkRequest> requests = new ArrayList<>();
        more.forEach(address -> requests.add(Neighbours.replace(entry(bridge, address))));
        fewer.forEach(address -> requests.add(Neighbours.delete(entry(bridge, address))));
        BatchResult result = kernel.submit(requests);
        for (BatchResult.Failure failure : result.failures()) {
            // The bridge may have gone meanwhile, and its entries with it.
            if (!failure.toException().is(Errno.ENODEV)
                    && !failure.toException().is(Errno.ENOENT)) {
                throw failure.toException();
            }
        }
        LOG.log(
                System.Logger.Level.INFO,
                "network {0}: {1} answers for pods that are not on it: {2}",
                network.name(),
                CniConfList.BRIDGE,
                wanted.stream().map(IpAddresses::format).sorted().toList());
    }

    private static SysctlName delay(String family) {
        return SysctlName.of("net", family, "neigh", CniConfList.BRIDGE, "proxy_delay");
    }

    private static Neighbour entry(int bridge, InetAddress address) {
        return Neighbour.proxy(bridge, address).withProtocol(Ownership.PROTOCOL);
    }
}
