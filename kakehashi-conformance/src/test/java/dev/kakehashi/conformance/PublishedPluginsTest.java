package dev.kakehashi.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.kakehashi.conformance.report.MarkdownPage;
import dev.kakehashi.conformance.scenario.Scenarios;
import dev.kakehashi.testing.KernelTest;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** docs/conformance.md says what the suite finds of the plugins that others have published. */
@Tag("peers")
@KernelTest
class PublishedPluginsTest {
    private static final String WRITE = "conformance.write";
    private static final String ALL = "All scenarios";
    private static final String COVERAGE = "The specification's requirements";
    static final Path PAGE = Path.of("../docs/conformance.md");

    /** Whether plugins that race with themselves lose the race differs from run to run. */
    private static final String RACE = "spec/many-at-once";

    private static final String HEAD =
            """
            # What the conformance suite finds

            `kakehashi conformance` executes CNI plugins in network namespaces of its own and holds them to the specification and, those that have the name of a reference plugin, to what that plugin's documentation says; see [the page for authors of plugins](plugin-authors.md). Kakehashi's own plugins
            pass every scenario (`make test-peers`, and `make test-vm` for devices that the machine's kernel lacks).

            This page is written by a test (`PublishedPluginsTest`, `-Dconformance.write=true`) from runs over plugins that others have published, without the scenario `spec/many-at-once`, whose end differs from run to run. Plugins for devices that the kernel of the machine lacks are not played. Where an issue is known
            upstream it is named; a plugin of an earlier version also fails what only a later one promises.

            """;

    @Test
    void page_namesWhatFailsOfTheReference() throws Exception {
        holdPageTo("The reference plugins 1.9.1", "reference");
    }

    /** One version of the plugins is built with other libraries from release to release. */
    @Test
    void page_namesWhatFailsOfTheDistributions() throws Exception {
        Path title = folder("debian").resolve("title");
        assumeThat(title).as("scripts/peers/setup.sh says whose plugins these are").exists();
        String maker = Files.readString(title).strip();
        assumeThat(Boolean.getBoolean(WRITE) || Files.readString(PAGE).contains(heading(maker)))
                .as("docs/conformance.md is about %s; -D%s=true adds it", maker, WRITE)
                .isTrue();
        holdPageTo(maker, "debian");
    }

    private static void holdPageTo(String maker, String folder) throws Exception {
        Report report = play(folder);
        if (Boolean.getBoolean(WRITE)) {
            write(maker, report);
        }
        // Which devices a kernel has differs, so only what was played is compared.
        Set<String> played = new TreeSet<>();
        Set<String> failed = new TreeSet<>();
        for (Outcome outcome : report.outcomes()) {
            String row = outcome.scenario().id() + " of " + outcome.plugin();
            if (!(outcome.verdict() instanceof Outcome.Skipped)) {
                played.add(row);
            }
            if (outcome.failed()) {
                failed.add(row);
            }
        }
        Set<String> said = listed(Files.readString(PAGE), maker);
        said.retainAll(played);
        assertThat(failed)
                .as("what fails of %s, docs/conformance.md; -D%s=true writes it", maker, WRITE)
                .isEqualTo(said);
    }

    private static String heading(String maker) {
        return "\n## " + maker + "\n";
    }

    /** The page with the section of one maker new, those of the others as they were. */
    private static void write(String maker, Report report) throws IOException {
        Map<String, String> sections = new LinkedHashMap<>();
        String[] before = Files.readString(PAGE).split("\n## ", -1);
        for (String section : Arrays.copyOfRange(before, 1, before.length)) {
            sections.put(section.substring(0, section.indexOf('\n')), "## " + section + "\n");
        }
        sections.remove(COVERAGE);
        sections.remove(ALL);
        sections.put(maker, MarkdownPage.section(maker, report) + "\n");
        Files.writeString(PAGE, HEAD + String.join("", sections.values()) + scenarios());
    }

    /** What the page says of the suite itself, whatever the plugins. */
    static String scenarios() {
        return "## "
                + COVERAGE
                + "\n\n"
                + MarkdownPage.coverage(Scenarios.all())
                + "\n## "
                + ALL
                + "\n\n"
                + MarkdownPage.requirements(Scenarios.all());
    }

    /** The rows of a maker's table of failures: {@code | `scenario`: … | plugin, plugin | … |}. */
    private static Set<String> listed(String page, String maker) {
        Set<String> rows = new TreeSet<>();
        String section = page.substring(page.indexOf(heading(maker)) + 1);
        int end = section.indexOf("\n## ");
        for (String line : section.substring(0, end).lines().toList()) {
            if (line.startsWith("| `")) {
                String scenario = line.substring(3, line.indexOf('`', 3));
                String[] cells = line.split(" \\| ", -1);
                for (String plugin : cells[cells.length - 2].split(", ", -1)) {
                    rows.add(scenario + " of " + plugin);
                }
            }
        }
        return rows;
    }

    private static Path folder(String name) {
        return Path.of(System.getProperty("kakehashi.peers", ""), name);
    }

    private static Report play(String name) throws Exception {
        Path folder = folder(name);
        assumeThat(folder.resolve("bridge"))
                .as("the plugins of %s are below the folder -Dkakehashi.peers", name)
                .isExecutable();
        Report report = Conformance.with(ConformanceOptions.of(folder, "1.1.0")).run(_ -> {});
        List<Outcome> steady =
                report.outcomes().stream()
                        .filter(outcome -> !outcome.scenario().id().equals(RACE))
                        .toList();
        return new Report(report.options(), steady, report.time());
    }
}
