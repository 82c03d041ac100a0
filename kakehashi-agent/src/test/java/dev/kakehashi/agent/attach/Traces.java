package dev.kakehashi.agent.attach;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.testing.TestNamespaces;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What there is to be seen of attachments: in a network namespace, and in files. */
final class Traces {
    /** What the kernel changes on its own, or counts. */
    private static final List<Pattern> FLEETING =
            List.of(
                    Pattern.compile("^\\d+: "),
                    Pattern.compile("counter packets \\d+ bytes \\d+"),
                    Pattern.compile(" state [A-Z]+"),
                    Pattern.compile("NO-CARRIER,|,?LOWER_UP"),
                    Pattern.compile(" (linkdown|tentative|dadfailed|deprecated|nodad)\\b"),
                    Pattern.compile("valid_lft.*"),
                    Pattern.compile("\\bqdisc noop\\b"));

    /** Made once for all attachments, and never removed: the kernel writes it anew each time. */
    private static final Pattern LINK_LOCAL = Pattern.compile("\\b(fe80|ff00):");

    private Traces() {}

    /** All of a network namespace that plugins may change. */
    static Set<String> of(Netns netns) throws IOException {
        Set<String> traces = new TreeSet<>();
        for (List<String> look :
                List.of(
                        List.of("ip", "-o", "link"),
                        List.of("ip", "-o", "address"),
                        List.of("ip", "-o", "rule"),
                        List.of("ip", "-o", "-6", "rule"),
                        List.of("ip", "-o", "route", "show", "table", "all"),
                        List.of("ip", "-o", "-6", "route", "show", "table", "all"),
                        List.of("tc", "qdisc", "show"),
                        List.of("nft", "--stateless", "list", "ruleset"),
                        List.of(
                                "sysctl",
                                "--all",
                                "--pattern",
                                "^net\\.(ipv[46]\\.(ip_forward|conf)|core)"))) {
            String what = String.join(" ", look);
            List<String> lines = new ArrayList<>();
            for (String line :
                    (Iterable<String>)
                            TestNamespaces.run(netns, look.toArray(String[]::new)).lines()
                                    ::iterator) {
                if (!LINK_LOCAL.matcher(line).find()) {
                    lines.add(lasting(line));
                }
            }
            for (int i = 0; i < lines.size(); i++) {
                // In a rule set the place counts: under which chain a rule is.
                traces.add(what + ": " + lines.get(i) + (look.contains("nft") ? at(lines, i) : ""));
            }
        }
        return traces;
    }

    private static String lasting(String line) {
        String text = line;
        for (Pattern pattern : FLEETING) {
            text = pattern.matcher(text).replaceAll("");
        }
        return text.strip();
    }

    private static String at(List<String> lines, int i) {
        String table = "";
        String chain = "";
        for (String line : lines.subList(0, i)) {
            table = line.startsWith("table ") ? line : table;
            chain = line.startsWith("chain ") ? line : chain;
        }
        return "  in " + table + " " + chain;
    }

    /** Files below a directory, without locks and what says who was last. */
    static Set<String> files(Path directory) throws IOException {
        try (Stream<Path> paths = Files.walk(directory)) {
            return paths.filter(Files::isRegularFile)
                    .map(path -> directory.relativize(path).toString())
                    .filter(name -> !name.contains("lock") && !name.contains("last_reserved"))
                    .filter(name -> !name.startsWith("netns/"))
                    .map(name -> "file " + name)
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    /** What is in one and not in the other, readable. */
    static List<String> difference(Set<String> before, Set<String> after) {
        List<String> differences = new ArrayList<>();
        for (String line : before) {
            if (!after.contains(line)) {
                differences.add("gone: " + line);
            }
        }
        for (String line : after) {
            if (!before.contains(line)) {
                differences.add("left: " + line);
            }
        }
        return differences;
    }
}
