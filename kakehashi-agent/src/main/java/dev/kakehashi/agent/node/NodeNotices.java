package dev.kakehashi.agent.node;

import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.carrier.NodeState;
import dev.kakehashi.cluster.carrier.RefusedPeer;
import dev.kakehashi.cluster.store.Notice;
import dev.kakehashi.cluster.store.Rejected;
import dev.kakehashi.cluster.store.Store;
import dev.kakehashi.cluster.store.StoreException;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Tells people, by way of the store, of a node's trouble that does not pass by itself. */
final class NodeNotices {
    private static final System.Logger LOG = System.getLogger(NodeAgent.class.getName());

    /** Trouble that is over sooner is in the log only. */
    private static final Duration PASSING = Duration.ofSeconds(10);

    private final Store store;
    private final String node;
    private final LastingTrouble<Notice> lasting = new LastingTrouble<>(PASSING);

    NodeNotices(Store store, String node) {
        this.store = store;
        this.node = node;
    }

    /** The network of the node could not be made as it should be. */
    void failing(ConvergenceException failure) {
        tell(Set.of(aboutNode(failure.reason(), String.valueOf(failure.getMessage()))));
    }

    /**
     * It could, but not all is well.
     *
     * @param own what is with the node itself: by reasons, what is said of each
     * @param untold why the store does not know how the node is
     */
    void working(
            NodeState state,
            List<Rejected> networks,
            Map<String, String> own,
            Optional<UntoldException> untold) {
        Set<Notice> trouble = new HashSet<>();
        own.forEach((reason, message) -> trouble.add(aboutNode(reason, message)));
        // A store that refuses what one wants to write may take this all the same.
        untold.ifPresent(e -> trouble.add(aboutNode(e.reason(), String.valueOf(e.getMessage()))));
        for (RefusedPeer peer : state.refused()) {
            trouble.add(aboutNode("PeerSetAside", "set aside: " + peer));
        }
        for (Rejected broken : networks) {
            trouble.add(
                    new Notice(
                            Kind.NETWORK,
                            broken.name(),
                            node,
                            "Unusable",
                            broken.problems() + "; the last good state stays in force"));
        }
        tell(trouble);
    }

    private Notice aboutNode(String reason, String message) {
        return new Notice(Kind.NODE, node, node, reason, message);
    }

    private void tell(Set<Notice> trouble) {
        for (Notice notice : lasting.begun(trouble, Instant.now())) {
            try {
                store.tell(notice);
            } catch (StoreException e) {
                LOG.log(System.Logger.Level.DEBUG, "cannot tell of it", e);
            }
        }
    }
}
