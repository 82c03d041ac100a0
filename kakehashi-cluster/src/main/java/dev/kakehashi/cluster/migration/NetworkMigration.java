package dev.kakehashi.cluster.migration;

import dev.kakehashi.cluster.Condition;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.carrier.Way;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How far all nodes of a network are on the way to its carrier, by what they say. Pure.
 *
 * @param network its name
 * @param wanted the carrier it wants
 * @param steps each node, in the order of their names
 */
public record NetworkMigration(String network, Way wanted, List<Step> steps) {
    /** Its reason on a node whose network is as it should be. */
    private static final String UP = "KakehashiIsUp";

    private static final String PEERS_REFUSED = "KakehashiPeersRefused";

    private static final String IPAM_REFUSED = "KakehashiIpamRefused";

    /** Copies the list. */
    public NetworkMigration {
        steps = List.copyOf(steps);
    }

    /**
     * One node.
     *
     * @param said what it says; empty when it cannot be understood
     * @param phase what it is at
     * @param turned to how many of the others it sends by the wanted carrier, and by nothing else
     * @param message what it says of its way, for people; empty when it says nothing
     * @param trouble what keeps it from doing what it should, by its own words; empty when nothing
     *     does
     */
    public record Step(
            String node,
            Optional<NodeCarriers> said,
            MigrationProgress.Phase phase,
            int turned,
            String message,
            String trouble) {
        /** Whether it has the wanted carrier and no other. */
        public boolean isSettled() {
            return phase == MigrationProgress.Phase.SETTLED;
        }
    }

    /** Of a network, by all Nodes of the store. */
    public static NetworkMigration of(Network network, Collection<Node> nodes) {
        Way wanted = Way.wanted(network);
        Set<String> names = nodes.stream().map(Node::name).collect(Collectors.toSet());
        return new NetworkMigration(
                network.name(),
                wanted,
                nodes.stream()
                        .sorted(Comparator.comparing(Node::name))
                        .map(node -> step(node, names, wanted))
                        .toList());
    }

    private static Step step(Node node, Set<String> names, Way wanted) {
        Optional<NodeCarriers> said = CarriersAnnotation.read(node, wanted);
        String trouble =
                node.condition(Condition.NETWORK_UNAVAILABLE)
                        .filter(c -> !c.reason().equals(UP))
                        .or(() -> holds(node, IPAM_REFUSED))
                        .or(() -> holds(node, PEERS_REFUSED))
                        .map(Condition::message)
                        .orElse("");
        Optional<Condition> way = holds(node, MigrationProgress.CONDITION);
        return new Step(
                node.name(),
                said,
                phase(said, way.map(Condition::reason).orElse(""), wanted),
                said.map(carriers -> turned(carriers, node.name(), names, wanted)).orElse(0),
                way.map(Condition::message).orElse(""),
                trouble);
    }

    private static Optional<Condition> holds(Node node, String condition) {
        return node.condition(condition).filter(c -> c.status().equals(Condition.TRUE));
    }

    private static MigrationProgress.Phase phase(
            Optional<NodeCarriers> said, String reason, Way wanted) {
        boolean settled =
                said.filter(carriers ->
                                carriers.published()
                                        ? carriers.isSettled(wanted)
                                        // An agent that does not know of this has one carrier.
                                        : carriers.receives().contains(wanted))
                        .isPresent();
        if (settled) {
            return MigrationProgress.Phase.SETTLED;
        }
        for (MigrationProgress.Phase phase : MigrationProgress.Phase.values()) {
            if (phase != MigrationProgress.Phase.SETTLED && phase.word().equals(reason)) {
                return phase;
            }
        }
        return MigrationProgress.Phase.PREPARING; // it has not heard of it yet
    }

    /** Does not look at every pair: there may be millions. */
    private static int turned(NodeCarriers said, String self, Set<String> names, Way wanted) {
        int others = names.size() - 1;
        int named = 0;
        int turned = 0;
        for (var other : said.others().entrySet()) {
            if (names.contains(other.getKey()) && !other.getKey().equals(self)) {
                named++;
                turned += other.getValue().equals(Sending.by(wanted)) ? 1 : 0;
            }
        }
        return said.usual().equals(Sending.by(wanted)) ? others - named + turned : turned;
    }

    /** How many ways there are from one node to another. */
    public long ways() {
        return (long) steps.size() * Math.max(0, steps.size() - 1);
    }

    /** By how many of them packets go by the wanted carrier and by nothing else. */
    public long turned() {
        return steps.stream().mapToLong(Step::turned).sum();
    }

    /** How many nodes have the wanted carrier and no other. */
    public int settled() {
        return (int) steps.stream().filter(Step::isSettled).count();
    }

    /** Whether all nodes have. */
    public boolean isDone() {
        return settled() == steps.size();
    }

    /** Nodes that are not there yet. */
    public List<Step> open() {
        return steps.stream().filter(step -> !step.isSettled()).toList();
    }

    /** In a few words. */
    public String summary() {
        return isDone()
                ? "settled"
                : "to %s: %d of %d ways, %d of %d nodes"
                        .formatted(wanted, turned(), ways(), settled(), steps.size());
    }
}
