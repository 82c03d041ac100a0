package dev.kakehashi.cluster.carrier;

import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.NetworkSpec;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.rtnetlink.RouteType;
import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.NftTable;
import dev.kakehashi.state.Resource;
import dev.kakehashi.state.Route;
import dev.kakehashi.state.Sysctl;

import java.util.ArrayList;
import java.util.List;

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
        Peers peers = Peers.of(network, self, cluster);
        Carrier carrier = Carrier.of(network.spec().carrier());
        int podMtu = podMtu(network, self, carrier);
        CarrierState carried = carrier.compile(network, self, peers.usable());
        DesiredState.Builder desired = DesiredState.builder();
        for (boolean ipv4 : self.families(network)) {
            desired.host(forwarding(ipv4));
        }
        if (network.spec().usesPools()) {
            self.subnets().forEach(block -> desired.host(unused(block)));
        }
        carried.resources().forEach(resource -> desired.host(new Resource[] {resource}));
        desired.host(
                new NftTable(
                        NodeTable.of(
                                network,
                                self,
                                peers.usable(),
                                Masquerading.of(network, cluster.pools()),
                                carried.envelope())));
        List<RefusedPeer> refused = new ArrayList<>(peers.refused());
        refused.addAll(carried.refused());
        return new NodeState(desired.build(), podMtu, reached(peers, carried.refused()), refused);
    }

    /**
     * What is sent to an address of the node's block that no pod has must not leave by the default
     * route, whose router would send it back. Where the block's bridge is up its route wins.
     */
    static Route unused(IpPrefix block) {
        return Route.of(RouteType.BLACKHOLE, block).metric(BLACKHOLE_METRIC).build();
    }

    private static Sysctl forwarding(boolean ipv4) {
        return Sysctl.shared(ipv4 ? "net/ipv4/ip_forward" : "net/ipv6/conf/all/forwarding", "1");
    }

    private static int podMtu(Network network, SelfNode self, Carrier carrier)
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

    /** A peer of which only one family is refused is still one. */
    private static List<String> reached(Peers peers, List<RefusedPeer> refused) {
        List<String> names = new ArrayList<>();
        for (Peer peer : peers.usable()) {
            long lost = refused.stream().filter(r -> r.name().equals(peer.name())).count();
            if (lost < peer.endpoints().size()) {
                names.add(peer.name());
            }
        }
        return names;
    }
}
