package dev.kakehashi.state.engine;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.testing.TestNamespaces;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** All that iproute2, nft and sysctl show of a namespace, less what changes by itself. */
final class Snapshot {
    private static final String SCRIPT =
            """
            ip -d link show
            ip -d address show
            ip -d route show table all
            ip -6 -d route show table all
            ip -d rule show
            ip -6 -d rule show
            ip neighbour show nud permanent
            ip neighbour show proxy
            ip -6 neighbour show proxy
            bridge fdb show
            bridge -d vlan show
            tc qdisc show
            nft list ruleset
            sysctl -a 2>/dev/null | grep '^net\\.ipv[46]'
            """;

    /** Counters, clocks and random values of the kernel's own, and which peers it has numbered. */
    private static final List<String> ITS_OWN =
            List.of("valid_lft", "link-netns", "fastopen_key", "stable_secret", "base_reachable");

    private Snapshot() {}

    static String of(Netns netns) throws IOException {
        return normalize(TestNamespaces.run(netns, "sh", "-c", SCRIPT));
    }

    /** Runs a program in a namespace; it has no arguments with spaces. */
    static String run(Netns netns, String command) throws IOException {
        return TestNamespaces.run(netns, command.split(" ", -1));
    }

    /** Hash tables are listed in any order. */
    private static String normalize(String text) {
        List<String> lines = new ArrayList<>();
        for (String line : text.split("\n", -1)) {
            if (ITS_OWN.stream().noneMatch(line::contains)) {
                lines.add(line.replaceAll("_timer +[0-9.]+", "").stripTrailing());
            }
        }
        String[] sorted = lines.toArray(String[]::new);
        Arrays.sort(sorted);
        return String.join("\n", sorted);
    }
}
