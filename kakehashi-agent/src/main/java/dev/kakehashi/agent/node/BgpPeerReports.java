package dev.kakehashi.agent.node;

import dev.kakehashi.agent.bird.BgpSession;
import dev.kakehashi.cluster.BgpPeer;
import dev.kakehashi.cluster.BgpPeerStatus;
import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.bgp.BgpCompiler;
import dev.kakehashi.cluster.bgp.BgpState;
import dev.kakehashi.cluster.store.Store;
import dev.kakehashi.cluster.store.StoreException;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * What a node says in BGPPeers of its own sessions. On one thread only.
 *
 * <p>A BGPPeer names few of the nodes whose sessions are down. Where there is room for one more,
 * all those that are not named want to write at the same moment, and all but one of them would do
 * so for nothing: each waits for a turn of its own, always the same one, so that by most of the
 * turns it is seen that the room is taken.
 */
final class BgpPeerReports {
    private static final System.Logger LOG = System.getLogger(NodeAgent.class.getName());

    /** A session that begins is down for a moment, and that is nobody's news. */
    static final Duration PATIENCE = Duration.ofSeconds(5);

    /** From the turn of one node to that of the next, about. */
    private static final Duration APART = Duration.ofMillis(10);

    /** The last turn, however many nodes there are. */
    private static final Duration LAST_TURN = Duration.ofSeconds(30);

    private final Store store;
    private final String node;
    private final Map<String, Instant> downSince = new HashMap<>();

    /** By BGPPeers that do not name this node: since when it has something to say there. */
    private final Map<String, Instant> roomSince = new HashMap<>();

    BgpPeerReports(Store store, String node) {
        this.store = store;
        this.node = node;
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
        roomSince.keySet().retainAll(names);
        for (BgpPeer peer : peers) {
            boolean has = wanted.filter(state -> has(state, peer)).isPresent();
            Optional<String> trouble =
                    wanted.flatMap(state -> BgpReport.trouble(state, sessions, peer));
            if (trouble.isEmpty()) {
                downSince.remove(peer.name());
            } else if (now.isBefore(
                    downSince.computeIfAbsent(peer.name(), _ -> now).plus(PATIENCE))) {
                continue;
            }
            if (has || peer.status().names(node)) {
                tell(peer, status -> status.said(node, trouble, exists, now), nodes, now);
            }
        }
    }

    private static boolean has(BgpState state, BgpPeer peer) {
        return state.config().sessions().stream()
                        .anyMatch(session -> BgpCompiler.isOf(session.peer(), peer))
                || state.refused().stream()
                        .anyMatch(refused -> BgpCompiler.isOf(refused.peer(), peer));
    }

    private void tell(BgpPeer peer, UnaryOperator<BgpPeerStatus> saying, int nodes, Instant now) {
        if (saying.apply(peer.status()).equals(peer.status())) {
            roomSince.remove(peer.name());
            return;
        }
        if (!peer.status().names(node)
                && now.isBefore(
                        roomSince
                                .computeIfAbsent(peer.name(), _ -> now)
                                .plus(turn(peer.name(), nodes)))) {
            return;
        }
        try {
            store.update(
                    Kind.BGP_PEER,
                    peer.name(),
                    current -> current.withStatus(saying.apply(current.status())));
        } catch (StoreException e) {
            LOG.log(System.Logger.Level.DEBUG, "cannot report in BGPPeer " + peer.name(), e);
        }
    }

    private Duration turn(String peer, int nodes) {
        long last = Math.min(APART.toMillis() * nodes, LAST_TURN.toMillis());
        SplittableRandom own = new SplittableRandom((node + "/" + peer).hashCode());
        return Duration.ofMillis(own.nextLong(last + 1));
    }
}
