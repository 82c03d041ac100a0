package dev.kakehashi.agent.node;

import dev.kakehashi.cluster.Condition;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.linux.IpAddresses;

import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;

/** What a node says of paths to peers that carry less than its underlay's interface; pure. */
final class PathReport {
    /** The condition; a node that never had a narrow path does not have it. */
    static final String PATHS_NARROW = "KakehashiPathsNarrow";

    private static final int MAX_NAMED = 5;

    private PathReport() {}

    /** The Node, saying it. */
    static Node of(Node node, List<PathMtus.Narrow> paths, Instant now) {
        if (paths.isEmpty() && node.condition(PATHS_NARROW).isEmpty()) {
            return node;
        }
        Condition condition =
                paths.isEmpty()
                        ? new Condition(PATHS_NARROW, Condition.FALSE, "AllCarry", "", now)
                        : new Condition(
                                PATHS_NARROW, Condition.TRUE, "SmallPathMtu", text(paths), now);
        return node.withConditions(condition.replaceIn(node.conditions()));
    }

    private static String text(List<PathMtus.Narrow> paths) {
        String named =
                paths.stream()
                        .limit(MAX_NAMED)
                        .map(path ->
                                path.peer()
                                        + " ("
                                        + IpAddresses.format(path.address())
                                        + ") "
                                        + path.octets())
                        .collect(Collectors.joining(", "));
        int more = paths.size() - MAX_NAMED;
        return "octets that the path carries: "
                + named
                + (more > 0 ? "; and " + more + " more" : "");
    }
}
