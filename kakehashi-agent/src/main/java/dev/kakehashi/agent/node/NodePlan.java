package dev.kakehashi.agent.node;

import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.carrier.ClusterState;
import dev.kakehashi.cluster.carrier.NodeCompiler;
import dev.kakehashi.cluster.carrier.NodeState;
import dev.kakehashi.cluster.carrier.SelfNode;
import dev.kakehashi.cluster.carrier.UnusableNetworkException;
import dev.kakehashi.cluster.carrier.Way;
import dev.kakehashi.cluster.ipam.IpamInUse;
import dev.kakehashi.cluster.migration.CarriersAnnotation;
import dev.kakehashi.cluster.migration.Migrator;
import dev.kakehashi.cluster.migration.PeerCarriers;
import dev.kakehashi.cluster.node.Underlay;
import dev.kakehashi.cluster.node.VtepData;
import dev.kakehashi.cluster.node.Vteps;
import dev.kakehashi.cluster.node.WireguardData;
import dev.kakehashi.cluster.store.Store;
import dev.kakehashi.cluster.store.Stored;
import dev.kakehashi.cluster.store.Stores;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.engine.Engine;
import dev.kakehashi.state.engine.Plan;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** What a node's agent would do now, without doing it. */
public final class NodePlan {
    private NodePlan() {}

    /**
     * The difference between what the store wants of this node and what its kernel has. Writes
     * nothing, neither to the store nor to the kernel.
     *
     * @param fromScratch against a kernel that has nothing yet: the whole recipe
     * @throws IOException when store or kernel cannot be read, or the node cannot take part or
     *     waits for its IPv4 address, with the reason
     */
    public static Plan of(NodeAgentOptions options, boolean fromScratch) throws IOException {
        try (Netns host = Netns.current();
                RtNetlink kernel = RtNetlink.open(host);
                Store store = Stores.open(options.store())) {
            List<Node> nodes =
                    store.list(Kind.NODE).objects().stream().map(Stored::object).toList();
            Network network = network(options, store, nodes);
            ClusterState cluster = cluster(store, network, nodes);
            DesiredState compiled =
                    compile(options, fromScratch, store, network, cluster, host, kernel).desired();
            if (fromScratch) { // without pods, too, which the bridge could answer for
                try (Netns scratch = Netns.create();
                        Engine engine = Engine.open(scratch)) {
                    return engine.plan(compiled);
                }
            }
            DesiredState wanted =
                    compiled.merge(
                            BridgeNeighbours.wanted(
                                    network,
                                    kernel.links(),
                                    BridgeNeighbours.lent(network, options.node(), cluster),
                                    kernel));
            DesiredState unwanted =
                    NodeLeftovers.of(network.name(), network.spec().cidrs(), host, kernel)
                            .minus(wanted);
            try (Engine engine = Engine.open(host)) {
                return engine.plan(wanted, unwanted);
            }
        }
    }

    private static Network network(NodeAgentOptions options, Store store, List<Node> nodes)
            throws IOException {
        Network stored =
                store.find(Kind.NETWORK, options.network())
                        .map(Stored::object)
                        .orElseThrow(() ->
                                new IOException(
                                        "there is no Network "
                                                + options.network()
                                                + " in "
                                                + store));
        return store.keepsIpamType() ? stored : IpamInUse.inForce(stored, options.node(), nodes);
    }

    private static NodeState compile(
            NodeAgentOptions options,
            boolean fromScratch,
            Store store,
            Network network,
            ClusterState cluster,
            Netns host,
            RtNetlink kernel)
            throws IOException {
        Node node =
                cluster.nodes().stream()
                        .filter(n ->
                                n.name().equals(options.node())
                                        && (network.spec().usesPools() || !n.podCidrs().isEmpty()))
                        .findFirst()
                        .orElseThrow(() ->
                                new IOException(
                                        "node "
                                                + options.node()
                                                + " has no subnet in "
                                                + store
                                                + " yet: its agent takes one when it starts"));
        List<IpPrefix> subnets = cluster.subnetsOf(network, node);
        Vteps vteps = VtepData.of(node, Vteps.of(MacAddress.ZERO));
        try {
            Underlay underlay = UnderlayChoice.of(host, kernel, network, options.underlay());
            Optional<String> waits = Ipv4Patience.reason(network, underlay, node);
            if (waits.isPresent() && !fromScratch) {
                throw new IOException(waits.get());
            }
            return NodeCompiler.compile(
                    network,
                    Migrator.ways(
                            node.name(),
                            CarriersAnnotation.own(Optional.of(node), Way.wanted(network)),
                            PeerCarriers.of(cluster.nodes(), node.name(), Way.wanted(network))),
                    self(options, node, subnets, underlay, vteps),
                    cluster);
        } catch (NoUnderlayException | UnusableNetworkException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static ClusterState cluster(Store store, Network network, List<Node> nodes)
            throws IOException {
        if (!network.spec().usesPools()) {
            return ClusterState.of(nodes);
        }
        return new ClusterState(
                nodes,
                store.list(Kind.blocks(_ -> false)).objects().stream()
                        .map(s -> s.object().spec())
                        .toList(),
                store.list(Kind.IP_POOL).objects().stream().map(Stored::object).toList());
    }

    private static SelfNode self(
            NodeAgentOptions options,
            Node node,
            List<IpPrefix> subnets,
            Underlay underlay,
            Vteps vteps)
            throws IOException {
        SelfNode self = SelfNode.of(node.name(), subnets, underlay, vteps);
        return self.withTunnelKeys(TunnelKeys.read(options.stateDirectory()))
                .withTunnelPort(WireguardData.ownPort(node));
    }
}
