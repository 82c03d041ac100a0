package dev.kakehashi.conformance.report;

import dev.kakehashi.conformance.Outcome;
import dev.kakehashi.conformance.Report;
import dev.kakehashi.conformance.scenario.Scenario;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** For people at a terminal: each plugin in a line, each failure with all that is known of it. */
public final class TextReport {
    private static final int MILLIS = 1000;

    private TextReport() {}

    /** The text, with a newline at its end. */
    public static String of(Report report) {
        StringBuilder out = new StringBuilder();
        Tally all = Tally.of(report.outcomes());
        for (String plugin : report.plugins()) {
            List<Outcome> outcomes = report.of(plugin);
            out.append(plugin).append(": ").append(Tally.of(outcomes)).append('\n');
            outcomes.stream().filter(Outcome::failed).forEach(o -> failure(out, report, o));
            skips(out, outcomes);
        }
        return out.append("\n")
                .append(all)
                .append(" in ")
                .append(Math.round(report.time().toMillis() / (double) MILLIS))
                .append(" s\n")
                .toString();
    }

    private static void failure(StringBuilder out, Report report, Outcome outcome) {
        if (!(outcome.verdict() instanceof Outcome.Failed failed)) {
            return;
        }
        Scenario scenario = outcome.scenario();
        out.append("  FAILED ").append(scenario.id());
        if (scenario.eachVersion()) {
            out.append(" in ").append(outcome.version());
        }
        out.append("\n    required:  ").append(scenario.requirement());
        out.append("\n               (").append(scenario.sourceAndNumbers()).append(')');
        out.append("\n    done:      ").append(failed.step());
        out.append("\n    expected:  ").append(failed.expected());
        out.append("\n    seen:      ").append(failed.seen());
        if (!scenario.upstream().isEmpty()) {
            out.append("\n    see also:  ").append(String.join(", ", scenario.upstream()));
        }
        if (!failed.call().isEmpty()) {
            out.append("\n    last call: ").append(failed.call());
        }
        out.append("\n    repeat:    ").append(report.repeat(outcome)).append('\n');
    }

    private static void skips(StringBuilder out, List<Outcome> outcomes) {
        Map<String, Integer> reasons = new TreeMap<>();
        for (Outcome outcome : outcomes) {
            if (outcome.verdict() instanceof Outcome.Skipped skipped) {
                reasons.merge(skipped.reason(), 1, Integer::sum);
            }
        }
        reasons.forEach((reason, count) ->
                out.append("  skipped ").append(count).append(": ").append(reason).append('\n'));
    }
}
