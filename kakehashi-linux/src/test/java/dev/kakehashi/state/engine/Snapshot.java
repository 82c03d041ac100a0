package dev.kakehashi.state.engine;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.testing.TestNamespaces;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** All that iproute2 and nft show of a namespace, less what changes by itself. */
final class Snapshot {
    private Snapshot() {}

    private static final List<String> COMMANDS =
            List.of(
                    "ip -d link show",
                    "ip -d address show",
                    "ip -d route show table all",
                    "ip -6 -d route show table all",
                    "ip rule show",
                    "ip -6 rule show",
                    "ip neighbour show nud permanent",
                    "ip neighbour show proxy",
                    "bridge fdb show",
                    "nft list ruleset",
                    "sysctl net.ipv4.ip_forward net.ipv4.conf.all.rp_filter");

    static String of(Netns netns) throws IOException {
        StringBuilder text = new StringBuilder();
        for (String command : COMMANDS) {
            text.append("# ").append(command).append('\n').append(run(netns, command));
        }
        return normalize(text.toString());
    }

    /** Runs a program in a namespace; it has no arguments with spaces. */
    static String run(Netns netns, String command) throws IOException {
        return TestNamespaces.run(netns, command.split(" ", -1));
    }

    /** The order in which the kernel lists hash tables, and counters of the kernel's own. */
    private static String normalize(String text) {
        List<String> lines = new ArrayList<>();
        for (String line : text.split("\n", -1)) {
            if (!line.contains("valid_lft") && !line.contains("link-netns")) {
                lines.add(line.replaceAll("gc_timer +[0-9.]+", "").stripTrailing());
            }
        }
        String[] sorted = lines.toArray(String[]::new);
        Arrays.sort(sorted);
        return String.join("\n", sorted);
    }
}
