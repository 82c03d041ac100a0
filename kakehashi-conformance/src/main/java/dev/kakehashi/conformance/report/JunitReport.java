package dev.kakehashi.conformance.report;

import dev.kakehashi.conformance.Outcome;
import dev.kakehashi.conformance.Report;

import java.time.Duration;
import java.util.List;

/** For CI servers: the XML that JUnit made common, a test suite for each plugin. */
public final class JunitReport {
    private static final double MILLIS = 1000;

    private JunitReport() {}

    /** The document. */
    public static String of(Report report) {
        StringBuilder out =
                new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
        for (String plugin : report.plugins()) {
            List<Outcome> outcomes = report.of(plugin);
            Tally tally = Tally.of(outcomes);
            out.append("  <testsuite name=\"")
                    .append(Markup.escape(plugin))
                    .append("\" tests=\"")
                    .append(outcomes.size())
                    .append("\" failures=\"")
                    .append(tally.failed())
                    .append("\" skipped=\"")
                    .append(tally.skipped())
                    .append("\" errors=\"0\">\n");
            outcomes.forEach(outcome -> testCase(out, report, outcome));
            out.append("  </testsuite>\n");
        }
        return out.append("</testsuites>\n").toString();
    }

    private static void testCase(StringBuilder out, Report report, Outcome outcome) {
        out.append("    <testcase classname=\"")
                .append(Markup.escape(outcome.plugin()))
                .append("\" name=\"")
                .append(Markup.escape(outcome.scenario().id() + " in " + outcome.version()))
                .append("\" time=\"")
                .append(seconds(outcome.time()))
                .append('"');
        switch (outcome.verdict()) {
            case Outcome.Passed _ -> out.append("/>\n");
            case Outcome.Skipped skipped ->
                    out.append("><skipped message=\"")
                            .append(Markup.escape(skipped.reason()))
                            .append("\"/></testcase>\n");
            case Outcome.Failed failed ->
                    out.append("><failure message=\"")
                            .append(Markup.escape(outcome.scenario().requirement()))
                            .append("\">")
                            .append(
                                    Markup.escape(
                                            "done: "
                                                    + failed.step()
                                                    + "\nexpected: "
                                                    + failed.expected()
                                                    + "\nseen: "
                                                    + failed.seen()
                                                    + "\nlast call: "
                                                    + failed.call()
                                                    + "\nrepeat: "
                                                    + report.repeat(outcome)))
                            .append("</failure></testcase>\n");
        }
    }

    private static double seconds(Duration time) {
        return time.toMillis() / MILLIS;
    }
}
