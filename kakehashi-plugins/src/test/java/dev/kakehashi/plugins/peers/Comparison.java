package dev.kakehashi.plugins.peers;

import static org.assertj.core.api.Assumptions.assumeThat;

import dev.kakehashi.testing.TestNamespaces;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One scenario, played by the plugins of another maker and by ours, in fresh namespaces.
 *
 * @param explained the differences of our list that were seen
 * @param unexplained those that are not in our list
 */
record Comparison(Set<Difference> explained, List<Facts.Unequal> unexplained) {

    /** Where the binaries of other makers are. */
    static final String PROPERTY = "kakehashi.peers";

    /** Plays it; the test is skipped where the maker's plugin is not installed. */
    static Comparison of(Maker maker, Scenario scenario, TestNamespaces namespaces, Path data)
            throws Exception {
        Path binaries = Path.of(System.getProperty(PROPERTY, ""), maker.folder());
        assumeThat(binaries.resolve(scenario.type()))
                .as("the plugins of %s are below the folder -D%s", maker, PROPERTY)
                .isExecutable();
        Facts theirs;
        Facts ours;
        try (Side side =
                Side.create(
                        namespaces,
                        Optional.of(binaries),
                        Files.createDirectory(data.resolve("theirs")),
                        scenario)) {
            theirs = side.play();
        }
        try (Side side =
                Side.create(
                        namespaces,
                        Optional.empty(),
                        Files.createDirectory(data.resolve("ours")),
                        scenario)) {
            ours = side.play();
        }
        Set<Difference> explained = new HashSet<>();
        List<Facts.Unequal> unexplained = new ArrayList<>();
        for (Facts.Unequal unequal : theirs.compare(ours)) {
            Optional<Difference> known = Differences.explaining(maker, scenario, theirs, unequal);
            known.ifPresentOrElse(explained::add, () -> unexplained.add(unequal));
        }
        return new Comparison(explained, unexplained);
    }
}
