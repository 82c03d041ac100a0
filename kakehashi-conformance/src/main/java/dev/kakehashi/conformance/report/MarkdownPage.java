package dev.kakehashi.conformance.report;

import dev.kakehashi.conformance.Outcome;
import dev.kakehashi.conformance.Report;
import dev.kakehashi.conformance.scenario.Requirement;
import dev.kakehashi.conformance.scenario.Scenario;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What fails of the plugins of one maker, requirement by requirement: for a page of documentation.
 */
public final class MarkdownPage {
    private MarkdownPage() {}

    /**
     * A heading, a table of the plugins, and a table of what fails; the same for the same outcomes.
     */
    public static String section(String maker, Report report) {
        StringBuilder out = new StringBuilder("## ").append(maker).append("\n\n");
        out.append("| plugin | passed | failed | not played |\n|---|---|---|---|\n");
        for (String plugin : report.plugins()) {
            Tally tally = Tally.of(report.of(plugin));
            out.append("| ")
                    .append(plugin)
                    .append(" | ")
                    .append(tally.passed())
                    .append(" | ")
                    .append(tally.failed())
                    .append(" | ")
                    .append(tally.skipped())
                    .append(" |\n");
        }
        if (!report.conforms()) {
            out.append("\n| requirement | plugins that fail it | known as |\n|---|---|---|\n");
            byScenario(report)
                    .forEach((scenario, plugins) ->
                            out.append("| `")
                                    .append(scenario)
                                    .append("`: ")
                                    .append(scenarioOf(report, scenario).requirement())
                                    .append(" | ")
                                    .append(String.join(", ", plugins))
                                    .append(" | ")
                                    .append(links(scenarioOf(report, scenario).upstream()))
                                    .append(" |\n"));
        }
        return out.toString();
    }

    /** {@code plugins #12 (words)} is an issue of the repository of that name. */
    private static String links(List<String> issues) {
        StringBuilder out = new StringBuilder();
        for (String issue : issues) {
            String[] parts = issue.split(" #", 2);
            out.append(out.isEmpty() ? "" : ", ")
                    .append('[')
                    .append(issue)
                    .append("](https://github.com/containernetworking/")
                    .append(parts[0])
                    .append("/issues/")
                    .append(parts[1].split(" ", 2)[0])
                    .append(')');
        }
        return out.toString();
    }

    private static Map<String, Set<String>> byScenario(Report report) {
        Map<String, Set<String>> failing = new TreeMap<>();
        for (Outcome outcome : report.failures()) {
            failing.computeIfAbsent(outcome.scenario().id(), _ -> new TreeSet<>())
                    .add(outcome.plugin());
        }
        return failing;
    }

    private static Scenario scenarioOf(Report report, String id) {
        return report.outcomes().stream()
                .map(Outcome::scenario)
                .filter(scenario -> scenario.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    /** A table of all requirements. */
    public static String requirements(List<Scenario> scenarios) {
        StringBuilder out = new StringBuilder("| scenario | requires | source |\n|---|---|---|\n");
        for (Scenario scenario : scenarios) {
            out.append("| `")
                    .append(scenario.id())
                    .append("` | ")
                    .append(scenario.requirement())
                    .append(" | ")
                    .append(scenario.sourceAndNumbers())
                    .append(" |\n");
        }
        return out.toString();
    }

    /** A table of the specification's requirements, and the scenarios that each is asked by. */
    public static String coverage(List<Scenario> scenarios) {
        StringBuilder out =
                new StringBuilder("| | asks | CNI SPEC | asked by |\n|---|---|---|---|\n");
        for (Requirement requirement : Requirement.all()) {
            List<String> asking =
                    scenarios.stream()
                            .filter(s -> s.proves().contains(requirement.number()))
                            .map(s -> "`" + s.id() + "`")
                            .toList();
            out.append("| ")
                    .append(requirement.id())
                    .append(" | ")
                    .append(requirement.text())
                    .append(" | ")
                    .append(requirement.section())
                    .append(" | ")
                    .append(
                            requirement
                                    .unasked()
                                    .map(reason -> "no plugin: " + reason)
                                    .orElseGet(() -> String.join(", ", asking)))
                    .append(" |\n");
        }
        return out.toString();
    }
}
