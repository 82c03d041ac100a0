package dev.kakehashi.agent.node;

import dev.kakehashi.agent.status.Version;
import dev.kakehashi.cluster.Condition;
import dev.kakehashi.cluster.Metadata;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.NodeAnnotations;
import dev.kakehashi.cluster.carrier.NodeState;
import dev.kakehashi.cluster.carrier.RefusedPeer;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a node says in its Node about how its network stands. Pure: saying the same twice changes
 * nothing.
 */
final class NodeReport {
    /** The condition that tells which nodes were set aside. */
    static final String PEERS_REFUSED = "KakehashiPeersRefused";

    /** The condition of a node whose pods have addresses of pools: whether it has none to give. */
    static final String ADDRESSES_SHORT = "KakehashiAddressesShort";

    private static final int MAX_NAMED = 5;

    private NodeReport() {}

    /**
     * The network works.
     *
     * @param shortage of a network with pools: why no address can be given, empty when one can
     */
    static Node working(
            Node node, Network network, NodeState state, Optional<String> shortage, Instant now) {
        Metadata metadata =
                node.metadata()
                        .with(NodeAnnotations.POD_MTU, String.valueOf(state.podMtu()))
                        .with(NodeAnnotations.PEERS, String.valueOf(state.peers().size()))
                        .with(NodeAnnotations.AGENT_VERSION, Version.ofProgram());
        Condition available =
                new Condition(
                        Condition.NETWORK_UNAVAILABLE,
                        Condition.FALSE,
                        "KakehashiIsUp",
                        "network " + network.name() + " by carrier " + network.spec().carrier(),
                        now);
        List<Condition> conditions =
                refused(state, now).replaceIn(available.replaceIn(node.conditions()));
        if (shortage.isPresent()) {
            conditions = addresses(shortage.get(), now).replaceIn(conditions);
        }
        return node.withMetadata(metadata).withConditions(conditions);
    }

    /** The network does not work, or no longer as it is wanted. */
    static Node failing(Node node, String reason, String message, Instant now) {
        boolean worked =
                node.condition(Condition.NETWORK_UNAVAILABLE)
                        .filter(condition -> condition.status().equals(Condition.FALSE))
                        .isPresent();
        // What worked goes on working as it was: pods need not be kept off the node.
        Condition condition =
                new Condition(
                        Condition.NETWORK_UNAVAILABLE,
                        worked ? Condition.FALSE : Condition.TRUE,
                        reason,
                        message,
                        now);
        return node.withConditions(condition.replaceIn(node.conditions()));
    }

    private static Condition addresses(String shortage, Instant now) {
        return shortage.isEmpty()
                ? new Condition(ADDRESSES_SHORT, Condition.FALSE, "AddressesFree", "", now)
                : new Condition(ADDRESSES_SHORT, Condition.TRUE, "NoAddress", shortage, now);
    }

    private static Condition refused(NodeState state, Instant now) {
        if (state.refused().isEmpty()) {
            return new Condition(PEERS_REFUSED, Condition.FALSE, "AllReached", "", now);
        }
        String named =
                state.refused().stream()
                        .limit(MAX_NAMED)
                        .map(RefusedPeer::toString)
                        .collect(Collectors.joining("; "));
        int more = state.refused().size() - MAX_NAMED;
        String message = more > 0 ? named + "; and " + more + " more" : named;
        return new Condition(PEERS_REFUSED, Condition.TRUE, "PeersSetAside", message, now);
    }
}
