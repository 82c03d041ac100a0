package dev.kakehashi.conformance.report;

import dev.kakehashi.conformance.Outcome;
import dev.kakehashi.conformance.Report;

import java.util.List;

/**
 * One page for a browser, complete in itself: a table of the plugins, then each with its scenarios.
 */
public final class HtmlReport {
    private static final String HEAD =
            """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><title>CNI conformance</title><style>
            body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem; }
            table { border-collapse: collapse; width: 100%; margin: 1rem 0; }
            td, th { border-bottom: 1px solid #8884; padding: .3rem .6rem; text-align: left; vertical-align: top; }
            .passed { color: #17803d; } .failed { color: #b42318; font-weight: 600; } .skipped { color: #777; }
            pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: 0; font-size: 13px; }
            @media (prefers-color-scheme: dark) { body { background: #16181d; color: #ddd; } }
            </style></head><body>
            """;

    private HtmlReport() {}

    /** The page. */
    public static String of(Report report) {
        StringBuilder out = new StringBuilder(HEAD);
        out.append("<h1>CNI conformance</h1>\n<p>")
                .append(Markup.escape(report.options().folder().toString()))
                .append(", CNI SPEC ")
                .append(Markup.escape(report.options().version()))
                .append(": ")
                .append(Tally.of(report.outcomes()))
                .append("</p>\n<table><tr><th>plugin<th>passed<th>failed<th>skipped</tr>\n");
        for (String plugin : report.plugins()) {
            Tally tally = Tally.of(report.of(plugin));
            String name = Markup.escape(plugin);
            out.append("<tr><td><a href=\"#")
                    .append(name)
                    .append("\">")
                    .append(name)
                    .append("</a><td>")
                    .append(tally.passed())
                    .append(tally.failed() > 0 ? "<td class=\"failed\">" : "<td>")
                    .append(tally.failed())
                    .append("<td>")
                    .append(tally.skipped())
                    .append("</tr>\n");
        }
        out.append("</table>\n");
        for (String plugin : report.plugins()) {
            plugin(out, report, plugin, report.of(plugin));
        }
        return out.append("</body></html>\n").toString();
    }

    private static void plugin(
            StringBuilder out, Report report, String plugin, List<Outcome> outcomes) {
        String name = Markup.escape(plugin);
        out.append("<h2 id=\"").append(name).append("\">").append(name).append("</h2>\n<table>\n");
        for (Outcome outcome : outcomes) {
            out.append("<tr><td>")
                    .append(Markup.escape(outcome.scenario().id()))
                    .append("<td>")
                    .append(Markup.escape(outcome.version()))
                    .append("<td>")
                    .append(Markup.escape(outcome.scenario().requirement()));
            switch (outcome.verdict()) {
                case Outcome.Passed _ -> out.append("<td class=\"passed\">passed");
                case Outcome.Skipped skipped ->
                        out.append("<td class=\"skipped\">skipped: ")
                                .append(Markup.escape(skipped.reason()));
                case Outcome.Failed failed ->
                        out.append("<td class=\"failed\">failed</tr>\n<tr><td colspan=\"4\"><pre>")
                                .append(
                                        Markup.escape(
                                                "done:      "
                                                        + failed.step()
                                                        + "\nexpected:  "
                                                        + failed.expected()
                                                        + "\nseen:      "
                                                        + failed.seen()
                                                        + "\nlast call: "
                                                        + failed.call()
                                                        + "\nrepeat:    "
                                                        + report.repeat(outcome)))
                                .append("</pre>");
            }
            out.append("</tr>\n");
        }
        out.append("</table>\n");
    }
}
