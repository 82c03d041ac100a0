package dev.kakehashi.agent.node;

import dev.kakehashi.cluster.Condition;
import dev.kakehashi.cluster.Metadata;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.NodeAnnotations;
import dev.kakehashi.cluster.carrier.Way;
import dev.kakehashi.cluster.migration.CarriersAnnotation;
import dev.kakehashi.cluster.migration.MigrationProgress;
import dev.kakehashi.cluster.migration.NodeCarriers;
import dev.kakehashi.cluster.migration.PeerCarriers;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What a node says in its Node about its carriers. Pure. */
final class MigrationReport {
    private static final int MAX_NAMED = 5;

    private MigrationReport() {}

    /**
     * The Node with it.
     *
     * @param peers what the others say; empty when nobody is on the way
     * @param silent who did not answer by the other carrier
     */
    static Node of(
            Node node,
            Way wanted,
            NodeCarriers own,
            Optional<PeerCarriers> peers,
            Set<String> silent,
            Instant now) {
        Metadata metadata =
                node.metadata().with(NodeAnnotations.CARRIERS, CarriersAnnotation.text(own));
        if (own.isSettled(wanted)) { // until then it is the one before
            metadata = metadata.with(NodeAnnotations.CARRIER, wanted.carrier().toString());
        }
        return node.withMetadata(metadata)
                .withConditions(
                        condition(node.name(), wanted, own, peers, silent, now)
                                .replaceIn(node.conditions()));
    }

    /**
     * Whether two states of a Node differ in numbers and names only, so that it need not be told at
     * once.
     */
    static boolean isOfNumbers(Node said, Node wanted) {
        return said.metadata()
                        .annotations()
                        .getOrDefault(NodeAnnotations.CARRIERS, "")
                        .equals(
                                wanted.metadata()
                                        .annotations()
                                        .getOrDefault(NodeAnnotations.CARRIERS, ""))
                && withoutMessage(said).equals(withoutMessage(wanted));
    }

    private static List<Condition> withoutMessage(Node node) {
        return node.conditions().stream()
                .map(condition ->
                        condition.type().equals(MigrationProgress.CONDITION)
                                ? new Condition(
                                        MigrationProgress.CONDITION,
                                        condition.status(),
                                        condition.reason(),
                                        "",
                                        Instant.EPOCH)
                                : condition)
                .toList();
    }

    private static Condition condition(
            String self,
            Way wanted,
            NodeCarriers own,
            Optional<PeerCarriers> peers,
            Set<String> silent,
            Instant now) {
        if (peers.isEmpty() || own.isSettled(wanted)) {
            return new Condition(
                    MigrationProgress.CONDITION,
                    Condition.FALSE,
                    "Settled",
                    "carrier " + wanted,
                    now);
        }
        MigrationProgress progress = MigrationProgress.of(self, wanted, own, peers.get());
        StringBuilder message = new StringBuilder("to ").append(wanted);
        named(message, "these cannot receive by it yet", progress.unprepared());
        named(
                message,
                "these do not answer by it",
                progress.unturned().stream().filter(silent::contains).toList());
        named(message, "these still send by another", progress.behind());
        return new Condition(
                MigrationProgress.CONDITION,
                Condition.TRUE,
                progress.phase().word(),
                message.toString(),
                now);
    }

    private static void named(StringBuilder message, String what, List<String> nodes) {
        if (!nodes.isEmpty()) {
            message.append("; ")
                    .append(what)
                    .append(": ")
                    .append(String.join(", ", nodes.subList(0, Math.min(MAX_NAMED, nodes.size()))));
            if (nodes.size() > MAX_NAMED) {
                message.append(" and ").append(nodes.size() - MAX_NAMED).append(" more");
            }
        }
    }
}
