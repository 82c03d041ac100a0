package dev.kakehashi.agent.node;

import dev.kakehashi.agent.pods.PodMtuTurn;
import dev.kakehashi.cluster.BgpPeer;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.carrier.ClusterState;
import dev.kakehashi.cluster.carrier.NodeCompilation;
import dev.kakehashi.cluster.carrier.NodeState;
import dev.kakehashi.cluster.carrier.RefusedPeer;
import dev.kakehashi.cluster.carrier.SelfNode;
import dev.kakehashi.cluster.carrier.UnusableNetworkException;
import dev.kakehashi.cluster.carrier.Way;
import dev.kakehashi.cluster.carrier.Ways;
import dev.kakehashi.cluster.store.Store;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.reconcile.ReconcilerListener;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What of a network is in the node's kernel: compiled, kept, and BIRD beside it. On one thread
 * only.
 */
final class NodeKernel implements AutoCloseable {
    /**
     * The number that a link would have had, which is another one at each attempt: what fails in
     * the same way is said in the same words, once.
     */
    private static final Pattern INDEX = Pattern.compile(" index \\d+");

    private static final System.Logger LOG = System.getLogger(NodeAgent.class.getName());

    /** More than these are counted in the log. */
    private static final int PEERS_TOLD = 20;

    /**
     * What a node's network depends on.
     *
     * @param network as it is wanted
     * @param self the node
     * @param cluster the others
     */
    record Place(Network network, SelfNode self, ClusterState cluster) {}

    private final Netns host;
    private final RtNetlink rtnetlink;
    private final KernelKeeper keeper;
    private final NodeBgp bgp;
    private final NeighbourKeeper neighbours;
    private final PodLinks pods;
    private final PathMtus paths;
    private final NodeCompilation compilation = new NodeCompilation();
    private Optional<NodeState> kept = Optional.empty();
    private @Nullable NodeState followed;
    private Set<RefusedPeer> refused = Set.of();
    private boolean recalls;
    private boolean swept;

    /**
     * For a namespace; the handles stay the caller's.
     *
     * @param podMtus taken while MTUs of pods are changed
     * @param listener told what is healed
     * @param changed told when there is a reason to compile again
     */
    NodeKernel(
            NodeAgentOptions options,
            Netns host,
            RtNetlink rtnetlink,
            Store store,
            PodMtuTurn podMtus,
            ReconcilerListener listener,
            Runnable changed)
            throws IOException {
        this.host = host;
        this.rtnetlink = rtnetlink;
        this.keeper = EngineKeeper.open(host, options.network(), listener);
        this.bgp = new NodeBgp(options, host, store, rtnetlink);
        this.neighbours = new NeighbourKeeper(host, rtnetlink, listener);
        this.pods = new PodLinks(rtnetlink, podMtus, neighbours);
        this.paths = new PathMtus(host, PathMtus.Intervals.USUAL, changed);
    }

    /**
     * From now on what is wanted may be older than what is in the kernel, until {@link #forget}:
     * what an agent before this one made and nothing is known of stays.
     */
    void recall(List<BgpPeer> peers) {
        recalls = true;
        bgp.recall(peers);
    }

    /** What is wanted is what the store says. */
    void forget() {
        recalls = false;
        bgp.forget();
    }

    /** Makes the kernel have these carriers and no other. */
    NodeState keep(Place place, Ways ways) throws ConvergenceException {
        NodeState state = compile(place, ways);
        boolean speaks = ways.held().contains(Way.BGP);
        if (speaks) {
            bgp.keep(place.network(), measured(place), place.cluster(), state.podMtu());
        }
        if (kept.isEmpty() || !kept.get().equals(state)) {
            keep(place, ways, state);
        }
        if (!recalls && !swept) {
            sweep(place, state);
        }
        kept = Optional.of(state); // which is the one to compare with quickly next time
        keepPods(place, state);
        follow(place, state);
        if (!speaks && !recalls) {
            bgp.retire();
        }
        return state;
    }

    private NodeState compile(Place place, Ways ways) throws ConvergenceException {
        try {
            return compilation.compile(place.network(), ways, measured(place), place.cluster());
        } catch (UnusableNetworkException e) {
            throw new ConvergenceException("UnusableNetwork", String.valueOf(e.getMessage()), e);
        }
    }

    private SelfNode measured(Place place) {
        return place.self().withNarrowPaths(paths.narrow());
    }

    @SuppressWarnings("ReferenceEquality") // it is the same one while nothing is another
    private void follow(Place place, NodeState state) {
        if (state != followed) {
            paths.follow(place.self().underlay(), state.known());
            followed = state;
        }
    }

    private void keepPods(Place place, NodeState state) throws ConvergenceException {
        try {
            pods.keep(place.network(), state.podMtu(), lent(place));
        } catch (IOException e) {
            throw new ConvergenceException(
                    "KernelFailed", "cannot keep the links of pods: " + e.getMessage(), e);
        }
    }

    private static Set<InetAddress> lent(Place place) {
        return BridgeNeighbours.lent(place.network(), place.self().name(), place.cluster());
    }

    private void keep(Place place, Ways ways, NodeState state) throws ConvergenceException {
        Network network = place.network();
        try {
            keeper.keep(state.desired());
        } catch (IOException e) {
            throw failed(e);
        }
        LOG.log(
                System.Logger.Level.INFO,
                "network {0}: carrier {1}, MTU {2}, {3}",
                network.name(),
                named(ways),
                Integer.toString(state.podMtu()),
                named(state.peers()));
        Set<RefusedPeer> now = new HashSet<>(state.refused());
        now.stream()
                .filter(peer -> !refused.contains(peer))
                .forEach(peer -> LOG.log(System.Logger.Level.WARNING, "set aside: {0}", peer));
        refused = now;
    }

    /** What is wanted stands: traffic has where to go when the rest is taken away. */
    private void sweep(Place place, NodeState state) throws ConvergenceException {
        Network network = place.network();
        try {
            DesiredState beside =
                    BridgeNeighbours.wanted(network, rtnetlink.links(), lent(place), rtnetlink);
            NodeSweep.run(host, rtnetlink, network, state.desired().merge(beside));
            swept = true;
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private static ConvergenceException failed(IOException e) {
        return new ConvergenceException(
                "KernelFailed", INDEX.matcher(e.getMessage() + "").replaceAll(""), e);
    }

    private static String named(Ways ways) {
        return ways.isMixed()
                ? ways.usual()
                        + " of "
                        + ways.held()
                        + (ways.others().isEmpty() ? "" : ", but " + ways.others())
                : ways.usual().toString();
    }

    private static String named(List<String> peers) {
        return peers.size() <= PEERS_TOLD ? "peers " + peers : peers.size() + " peers";
    }

    /** What is kept now. */
    Optional<NodeState> kept() {
        return kept;
    }

    NodeBgp bgp() {
        return bgp;
    }

    RtNetlink rtnetlink() {
        return rtnetlink;
    }

    Netns host() {
        return host;
    }

    /** The Node, saying how the sessions of BGP are, and the paths to peers. */
    Node report(Node node, Instant now) {
        return PathReport.of(bgp.report(node, now), paths.told(), now);
    }

    @Override
    public void close() {
        paths.close();
        bgp.close();
        neighbours.close();
        keeper.close();
    }
}
