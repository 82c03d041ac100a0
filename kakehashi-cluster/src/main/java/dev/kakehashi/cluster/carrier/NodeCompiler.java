package dev.kakehashi.cluster.carrier;

import dev.kakehashi.cluster.CarrierName;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.NetworkSpec;
import dev.kakehashi.cluster.TunnelDevice;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.rtnetlink.RouteType;
import dev.kakehashi.state.Route;
import dev.kakehashi.state.Sysctl;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** From a network, a node and the other nodes to what must be in the node's kernel. Pure. */
public final class NodeCompiler {
    /** Behind every route that is said without a metric, of which IPv6's have 1024. */
    public static final int BLACKHOLE_METRIC = 4096;

    private NodeCompiler() {}

    /**
     * Compiles.
     *
     * @param cluster what the store says; the node itself among it is passed over
     * @throws UnusableNetworkException when the node cannot take part; then nothing is to be
     *     changed
     */
    public static NodeState compile(Network network, SelfNode self, ClusterState cluster)
            throws UnusableNetworkException {
        return compile(network, Ways.settled(network), self, cluster);
    }

    /**
     * Compiles for a node that has several carriers.
     *
     * @param ways which, and by which of them it sends to whom; that which the network wants need
     *     not be among them
     * @param cluster what the store says; the node itself among it is passed over
     * @throws UnusableNetworkException when the node cannot take part; then nothing is to be
     *     changed
     */
    public static NodeState compile(Network network, Ways ways, SelfNode self, ClusterState cluster)
            throws UnusableNetworkException {
        Compilation compilation = new Compilation(network, ways, self, cluster);
        compilation.add(new Claims(self.name()).of(cluster.nodes()));
        return compilation.state();
    }

    /**
     * Why a node could not have a carrier, whoever its peers are: its underlay lacks an address, or
     * is too narrow; empty when nothing is in the way.
     */
    public static Optional<String> obstacle(Network network, SelfNode self, CarrierName name) {
        Network by = network.withSpec(network.spec().withCarrier(name));
        try {
            Carrier carrier = Carrier.of(Way.of(name, TunnelDevice.FIRST));
            carrier.requireAddresses(by, self);
            var _ = podMtu(by, self, carrier);
            return Optional.empty();
        } catch (UnusableNetworkException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /** The metric of a way's routes to peers that are sent to by another. */
    public static int standbyMetric(Way way) {
        return MixedRoutes.STANDBY_METRIC
                + switch (way) {
                    case VXLAN -> 0;
                    case HOST_GW -> 1;
                    case IPIP -> 2;
                    case WIREGUARD -> 3;
                    case BGP -> 4;
                    case HOST_GW_2 -> 5;
                    case WIREGUARD_2 -> 6;
                };
    }

    /**
     * What is sent to an address of the node's block that no pod has must not leave by the default
     * route, whose router would send it back. Where the block's bridge is up its route wins, and
     * else that of each pod.
     */
    static Route unused(IpPrefix block) {
        return Route.of(RouteType.BLACKHOLE, block).metric(BLACKHOLE_METRIC).build();
    }

    static Sysctl forwarding(boolean ipv4) {
        return Sysctl.shared(ipv4 ? "net/ipv4/ip_forward" : "net/ipv6/conf/all/forwarding", "1");
    }

    /**
     * A router hears no router advertisements unless {@code accept_ra} is 2, and when it becomes
     * one loses the default routes that they gave (ip-sysctl.rst of Linux; rt6_purge_dflt_routers,
     * net/ipv6/route.c). Not turned back, as forwarding is not.
     */
    static Sysctl hearingRouters(String device) {
        return Sysctl.sharedIpv6(device, "accept_ra", "2").optional();
    }

    static int podMtu(Network network, SelfNode self, Carrier carrier)
            throws UnusableNetworkException {
        int largest = carrier.maxPodMtu(network, self);
        int wanted = network.spec().mtu();
        if (wanted > largest || largest < NetworkSpec.MIN_MTU) {
            throw new UnusableNetworkException(
                    "network "
                            + network.name()
                            + ": packets of "
                            + Math.max(wanted, NetworkSpec.MIN_MTU)
                            + " octets do not fit through "
                            + self.underlay().device()
                            + " of node "
                            + self.name()
                            + ", whose MTU is "
                            + self.underlay().mtu()
                            + ": carrier "
                            + network.spec().carrier()
                            + " leaves "
                            + largest
                            + "; set spec.mtu to at most that, or remove it");
        }
        return wanted == 0 ? largest : wanted;
    }

    /** A peer of which only one family is refused, or by only one carrier, is still reached. */
    static Set<String> unreached(List<Peer> peers, List<RefusedPeer> refused, int carriers) {
        if (refused.isEmpty()) {
            return Set.of();
        }
        Map<String, Integer> lost = new HashMap<>();
        refused.forEach(peer -> lost.merge(peer.name(), 1, Integer::sum));
        Set<String> names = new HashSet<>();
        for (Peer peer : peers) {
            if (lost.getOrDefault(peer.name(), 0) >= peer.endpoints().size() * carriers) {
                names.add(peer.name());
            }
        }
        return names;
    }
}
