package dev.kakehashi.agent.node;

import dev.kakehashi.cluster.Condition;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.node.Underlay;
import dev.kakehashi.linux.IpPrefix;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What of a Network does not go well with the node itself, though it works as far as it can. Pure.
 */
final class NodeTrouble {
    /** The condition of a node whose own addresses are the pods' too. */
    static final String UNDERLAY_OVERLAPS = "KakehashiUnderlayOverlaps";

    private NodeTrouble() {}

    /** By reasons, what is to be told to people. */
    static Map<String, String> of(Network network, Underlay underlay) {
        return overlap(network, underlay)
                .map(text -> Map.of("UnderlayOverlaps", text))
                .orElse(Map.of());
    }

    /** Packets for such nodes and for such pods would go the same way. */
    private static Optional<String> overlap(Network network, Underlay underlay) {
        for (IpPrefix address : underlay.addresses()) {
            for (IpPrefix cidr : network.spec().cidrs()) {
                if (cidr.overlaps(address.network())) {
                    return Optional.of(
                            cidr
                                    + " of Network "
                                    + network.name()
                                    + " overlaps "
                                    + address.network()
                                    + " of this node's "
                                    + underlay.device()
                                    + ": pods and hosts of one address do not reach each other;"
                                    + " choose other addresses for the pods");
                }
            }
        }
        return Optional.empty();
    }

    /** The Node, saying so; one that never had to says nothing. */
    static Node report(Node node, Network network, Underlay underlay, Instant now) {
        Optional<String> overlap = overlap(network, underlay);
        if (overlap.isEmpty() && node.condition(UNDERLAY_OVERLAPS).isEmpty()) {
            return node;
        }
        Condition condition =
                overlap.map(text ->
                                new Condition(
                                        UNDERLAY_OVERLAPS, Condition.TRUE, "Overlaps", text, now))
                        .orElseGet(() ->
                                new Condition(
                                        UNDERLAY_OVERLAPS, Condition.FALSE, "Apart", "", now));
        return node.withConditions(condition.replaceIn(node.conditions()));
    }
}
