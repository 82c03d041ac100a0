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
    private static final Path PAGE = Path.of("../docs/conformance.md");

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
    void page_namesWhatFails() throws Exception {
        Map<String, Report> reports = new LinkedHashMap<>();
        reports.put("The reference plugins 1.9.1", play("reference"));
        reports.put("Debian 12's containernetworking-plugins 1.1.1", play("debian"));
        if (Boolean.getBoolean(WRITE)) {
            write(reports);
        }
        String page = Files.readString(PAGE);
        for (Map.Entry<String, Report> entry : reports.entrySet()) {
            // Which devices a kernel has differs, so only what was played is compared.
            Set<String> played = new TreeSet<>();
            Set<String> failed = new TreeSet<>();
            for (Outcome outcome : entry.getValue().outcomes()) {
                String row = outcome.scenario().id() + " of " + outcome.plugin();
                if (!(outcome.verdict() instanceof Outcome.Skipped)) {
                    played.add(row);
                }
                if (outcome.failed()) {
                    failed.add(row);
                }
            }
            Set<String> said = listed(page, entry.getKey());
            said.retainAll(played);
            assertThat(failed)
                    .as(
                            "what fails of %s, docs/conformance.md; -D%s=true writes it",
                            entry.getKey(), WRITE)
                    .isEqualTo(said);
        }
    }

    private static void write(Map<String, Report> reports) throws IOException {
        StringBuilder page = new StringBuilder(HEAD);
        reports.forEach(
                (maker, report) -> page.append(MarkdownPage.section(maker, report)).append('\n'));
        page.append("## All scenarios\n\n").append(MarkdownPage.requirements(Scenarios.all()));
        Files.writeString(PAGE, page);
    }

    /** The rows of a maker's table of failures: {@code | `scenario`: … | plugin, plugin | … |}. */
    private static Set<String> listed(String page, String maker) {
        Set<String> rows = new TreeSet<>();
        String section = page.substring(page.indexOf("## " + maker));
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

    private static Report play(String name) throws Exception {
        Path folder = Path.of(System.getProperty("kakehashi.peers", ""), name);
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
