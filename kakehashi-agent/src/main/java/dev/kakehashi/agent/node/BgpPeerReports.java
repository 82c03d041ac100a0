package dev.kakehashi.agent.node;

import dev.kakehashi.agent.bird.BgpSession;
import dev.kakehashi.cluster.BgpPeer;
import dev.kakehashi.cluster.BgpPeerStatus;
import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.bgp.BgpCompiler;
import dev.kakehashi.cluster.bgp.BgpState;
import dev.kakehashi.cluster.store.Notice;
import dev.kakehashi.cluster.store.Store;
import dev.kakehashi.cluster.store.StoreException;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * What a node says in BGPPeers of its own sessions. On one thread only.
 *
 * <p>A BGPPeer names few of the nodes whose sessions are down. Where there is room for one more,
 * all those that are not named want to write at the same moment, and all but one of them would do
 * so for nothing: they take {@link Turns}.
 */
final class BgpPeerReports {
    private static final System.Logger LOG = System.getLogger(NodeAgent.class.getName());

    /** A session that begins is down for a moment, and that is nobody's news. */
    static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Store store;
    private final String node;
    private final Map<String, Instant> downSince = new HashMap<>();

    private final BgpPeerLog log = new BgpPeerLog();

    /** In BGPPeers that do not name this node and where it has something to say. */
    private final Turns turns;

    BgpPeerReports(Store store, String node) {
        this.store = store;
        this.node = node;
        this.turns = new Turns(node);
    }

    /**
     * Writes what is new.
     *
     * @param peers as the store has them
     * @param wanted the node's sessions; empty where the carrier is another
     * @param exists whether there is a Node of a name
     * @param nodes how many there are
     */
    void tell(
            List<BgpPeer> peers,
            Optional<BgpState> wanted,
            List<BgpSession> sessions,
            Predicate<String> exists,
            int nodes,
            Instant now) {
        List<String> names = peers.stream().map(BgpPeer::name).toList();
        downSince.keySet().retainAll(names);
        turns.retain(names);
        log.retain(names);
        for (BgpPeer peer : peers) {
            boolean speaks = wanted.filter(state -> speaks(state, peer)).isPresent();
            boolean has = speaks || wanted.filter(state -> refuses(state, peer)).isPresent();
            Optional<String> trouble =
                    wanted.flatMap(state -> BgpReport.trouble(state, sessions, peer));
            if (trouble.isEmpty()) {
                downSince.remove(peer.name());
            } else if (now.isBefore(
                    downSince.computeIfAbsent(peer.name(), _ -> now).plus(PATIENCE))) {
                continue;
            }
            if (speaks) {
                trouble.ifPresentOrElse(
                        why -> log.down(peer.name(), why), () -> log.established(peer.name()));
            } else {
                log.forget(peer.name()); // that one is refused was said at once
            }
            if (has || peer.status().names(node)) {
                tell(peer, status -> status.said(node, trouble, exists, now), nodes, now);
            }
        }
    }

    private static boolean speaks(BgpState state, BgpPeer peer) {
        return state.config().sessions().stream()
                .anyMatch(session -> BgpCompiler.isOf(session.peer(), peer));
    }

    private static boolean refuses(BgpState state, BgpPeer peer) {
        return state.refused().stream().anyMatch(refused -> BgpCompiler.isOf(refused.peer(), peer));
    }

    private void tell(BgpPeer peer, UnaryOperator<BgpPeerStatus> saying, int nodes, Instant now) {
        if (saying.apply(peer.status()).equals(peer.status())) {
            turns.end(peer.name());
            return;
        }
        if (!peer.status().names(node) && !turns.isOwn(peer.name(), nodes, now)) {
            return;
        }
        try {
            Optional<BgpPeerStatus> written =
                    store.update(
                                    Kind.BGP_PEER,
                                    peer.name(),
                                    current -> current.withStatus(saying.apply(current.status())))
                            .map(stored -> stored.object().status());
            if (written.isPresent() && !peer.status().names(node)) {
                announce(peer, written.get());
            }
        } catch (StoreException e) {
            LOG.log(System.Logger.Level.DEBUG, "cannot report in BGPPeer " + peer.name(), e);
        }
    }

    /** People read it of as many nodes as the status names, and no more. */
    private void announce(BgpPeer peer, BgpPeerStatus written) throws StoreException {
        for (BgpPeerStatus.Down down : written.down()) {
            if (down.node().equals(node)) {
                String message = "session of node " + node + ": " + down.reason();
                store.tell(new Notice(Kind.BGP_PEER, peer.name(), node, "NotEstablished", message));
            }
        }
    }
}
