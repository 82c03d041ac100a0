package dev.kakehashi.agent.node;

import dev.kakehashi.agent.bird.BgpSession;
import dev.kakehashi.agent.bird.BirdDaemon;
import dev.kakehashi.agent.bird.BirdFiles;
import dev.kakehashi.agent.bird.BirdRouteWatch;
import dev.kakehashi.agent.bird.BirdRoutes;
import dev.kakehashi.cluster.BgpPeer;
import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.bgp.BgpCompiler;
import dev.kakehashi.cluster.bgp.BgpPasswords;
import dev.kakehashi.cluster.bgp.BgpState;
import dev.kakehashi.cluster.carrier.ClusterState;
import dev.kakehashi.cluster.carrier.SelfNode;
import dev.kakehashi.cluster.store.Mirror;
import dev.kakehashi.cluster.store.Store;
import dev.kakehashi.cluster.store.Stored;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.RtNetlink;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The part of BGP in a node's convergence: what BIRD is told, that it runs, and what its sessions
 * say. On one thread only.
 */
final class NodeBgp implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(NodeAgent.class.getName());

    private final Netns host;
    private final Store store;
    private final RtNetlink kernel;
    private final BirdFiles files;
    private final boolean external;
    private final BirdDaemon daemon;
    private final BgpPeerReports reports;
    private Optional<Mirror<BgpPeer>> peers = Optional.empty();
    private Optional<List<BgpPeer>> recalled = Optional.empty();
    private Optional<BgpState> kept = Optional.empty();
    private List<BgpSession> sessions = List.of();
    private Optional<BirdRouteWatch> watch = Optional.empty();
    private boolean retired;

    NodeBgp(NodeAgentOptions options, Netns host, Store store, RtNetlink kernel) {
        this.host = host;
        this.store = store;
        this.kernel = kernel;
        this.reports = new BgpPeerReports(store, options.node());
        this.files = BirdFiles.of(options.stateDirectory());
        this.external = options.bird().equals(NodeAgentOptions.EXTERNAL_BIRD);
        this.daemon =
                external ? BirdDaemon.external(files) : BirdDaemon.own(files, host, options.bird());
    }

    /** From now on the BGPPeers are these, until {@link #forget}: the store is not asked. */
    void recall(List<BgpPeer> known) {
        recalled = Optional.of(known);
    }

    /** The BGPPeers are those of the store again. */
    void forget() {
        recalled = Optional.empty();
    }

    /** The BGPPeers as they are followed; none where no carrier of the node wants them. */
    List<BgpPeer> known() {
        return peers.map(Mirror::objects).orElse(List.of()).stream().map(Stored::object).toList();
    }

    /**
     * Makes BIRD do what the network wants of it now, and asks how its sessions are.
     *
     * @param podMtu of this node's pods, in octets
     */
    void keep(Network network, SelfNode self, ClusterState cluster, int podMtu)
            throws ConvergenceException {
        List<BgpPeer> wanted = peers();
        BgpState state =
                BgpCompiler.compile(
                        network, self, cluster, wanted, passwords(network, wanted), podMtu);
        try {
            daemon.keep(state.config().text(log()), () -> !BirdRoutes.in(kernel).isEmpty());
            sessions = daemon.sessions();
            if (watch.isEmpty()) {
                watch = Optional.of(BirdRouteWatch.start(host, files));
            }
        } catch (IOException e) {
            throw new ConvergenceException("BirdFailed", String.valueOf(e.getMessage()), e);
        }
        List<?> known = kept.<List<?>>map(BgpState::refused).orElse(List.of());
        state.refused().stream()
                .filter(refused -> !known.contains(refused))
                .forEach(refused ->
                        LOG.log(System.Logger.Level.WARNING, "no BGP session: {0}", refused));
        kept = Optional.of(state);
        retired = false;
        if (recalled.isEmpty()) {
            tell(wanted, cluster);
        }
    }

    /** Who reads what a BIRD of others says is whoever runs it. */
    private Optional<String> log() {
        return external ? Optional.empty() : Optional.of(files.log().toString());
    }

    /** Where another carrier is wanted: ends BIRD, and takes its routes away. */
    void retire() throws ConvergenceException {
        if (retired) {
            return;
        }
        endWatch();
        try {
            // Once more the next time: one that was just starting hears it then.
            retired = !daemon.retire();
            if (!retired) {
                BirdRoutes.delete(kernel);
                daemon.forget();
            }
        } catch (IOException e) {
            throw new ConvergenceException("BirdFailed", "cannot end BIRD: " + e.getMessage(), e);
        }
        kept = Optional.empty();
        sessions = List.of();
        reports.tell(known(), kept, sessions, _ -> true, 0, Instant.now());
    }

    /** The sessions as they were when last asked for. */
    List<BgpSession> sessions() {
        return sessions;
    }

    /** The Node, saying how the sessions are. */
    Node report(Node node, Instant now) {
        return BgpReport.of(node, kept, sessions, now);
    }

    private void tell(List<BgpPeer> known, ClusterState cluster) {
        reports.tell(
                known,
                kept,
                sessions,
                name -> cluster.nodes().stream().anyMatch(node -> node.name().equals(name)),
                cluster.nodes().size(),
                Instant.now());
    }

    private List<BgpPeer> peers() throws ConvergenceException {
        if (recalled.isPresent()) {
            return recalled.get();
        }
        if (peers.isEmpty()) {
            peers = Optional.of(Mirror.start(store, Kind.BGP_PEER, _ -> {}));
        }
        if (!peers.get().isListed()) {
            throw new ConvergenceException(
                    "StoreFailed", "waiting for the BGPPeers of the store " + store);
        }
        return known();
    }

    private BgpPasswords passwords(Network network, List<BgpPeer> wanted) {
        BgpPasswords passwords = BgpPasswords.none();
        for (String name : BgpPasswords.wanted(network, wanted)) {
            try {
                passwords = passwords.with(name, files.password(name));
            } catch (IOException e) {
                passwords = passwords.without(name, String.valueOf(e.getMessage()));
            }
        }
        return passwords;
    }

    private void endWatch() {
        watch.ifPresent(BirdRouteWatch::close);
        watch = Optional.empty();
    }

    /** Stops following the store and the kernel; BIRD goes on. */
    @Override
    public void close() {
        endWatch();
        peers.ifPresent(Mirror::close);
    }
}
