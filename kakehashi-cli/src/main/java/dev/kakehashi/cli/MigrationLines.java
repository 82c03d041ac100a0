package dev.kakehashi.cli;

import dev.kakehashi.cluster.carrier.Way;
import dev.kakehashi.cluster.migration.NetworkMigration;
import dev.kakehashi.cluster.migration.NodeCarriers;
import dev.kakehashi.cluster.migration.Sending;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What happened between two looks at a network on its way, a line for each. Pure. */
final class MigrationLines {
    /** With more ways than these a node is told of, not each of its ways. */
    private static final int MAX_WAYS = 90;

    private MigrationLines() {}

    /** The lines; none when nothing happened. */
    static List<String> between(NetworkMigration before, NetworkMigration now) {
        Map<String, NetworkMigration.Step> earlier = new HashMap<>();
        before.steps().forEach(step -> earlier.put(step.node(), step));
        List<String> lines = new ArrayList<>();
        boolean each = now.ways() <= MAX_WAYS;
        for (NetworkMigration.Step step : now.steps()) {
            NetworkMigration.Step old = earlier.get(step.node());
            if (old == null) {
                lines.add(step.node() + " came");
                continue;
            }
            if (old.said().isPresent() && step.said().isPresent()) {
                received(lines, step.node(), old.said().get(), step.said().get());
                if (each) {
                    ways(lines, now, step.node(), old.said().get(), step.said().get());
                }
            }
            if (!each && step.turned() != old.turned()) {
                lines.add(
                        "%s sends to %d of %d by %s"
                                .formatted(
                                        step.node(),
                                        step.turned(),
                                        now.steps().size() - 1,
                                        now.wanted()));
            }
            if (!step.trouble().isEmpty() && !step.trouble().equals(old.trouble())) {
                lines.add(step.node() + ": " + step.trouble());
            }
            if (step.isSettled() && !old.isSettled()) {
                lines.add(step.node() + " has " + now.wanted() + " and no other");
            }
        }
        return lines;
    }

    private static void received(
            List<String> lines, String node, NodeCarriers old, NodeCarriers now) {
        for (Way carrier : without(now.receives(), old.receives())) {
            lines.add(node + " can receive by " + carrier);
        }
        for (Way carrier : without(old.receives(), now.receives())) {
            lines.add(node + " takes " + carrier + " down: nobody sends by it");
        }
    }

    private static Set<Way> without(Set<Way> all, Set<Way> some) {
        EnumSet<Way> rest = EnumSet.noneOf(Way.class);
        rest.addAll(all);
        rest.removeAll(some);
        return rest;
    }

    private static void ways(
            List<String> lines,
            NetworkMigration migration,
            String node,
            NodeCarriers old,
            NodeCarriers now) {
        for (NetworkMigration.Step other : migration.steps()) {
            Sending was = old.to(other.node());
            Sending is = now.to(other.node());
            if (!other.node().equals(node) && was.now() != is.now()) {
                lines.add(node + " -> " + other.node() + " by " + is.now() + ", was " + was.now());
            }
        }
    }
}
