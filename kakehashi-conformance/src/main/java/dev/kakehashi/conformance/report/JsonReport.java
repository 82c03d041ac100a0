package dev.kakehashi.conformance.report;

import dev.kakehashi.cni.json.JsonArray;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonValue;
import dev.kakehashi.conformance.Outcome;
import dev.kakehashi.conformance.Report;

/** For programs. */
public final class JsonReport {
    private JsonReport() {}

    /** The report as an object. */
    public static JsonObject of(Report report) {
        JsonValue[] outcomes =
                report.outcomes().stream()
                        .map(outcome -> json(report, outcome))
                        .toArray(JsonValue[]::new);
        Tally tally = Tally.of(report.outcomes());
        return JsonObject.builder()
                .put("folder", report.options().folder().toString())
                .put("spec", report.options().version())
                .put("passed", tally.passed())
                .put("failed", tally.failed())
                .put("skipped", tally.skipped())
                .put("milliseconds", report.time().toMillis())
                .put("outcomes", JsonArray.of(outcomes))
                .build();
    }

    private static JsonObject json(Report report, Outcome outcome) {
        JsonObject.Builder out =
                JsonObject.builder()
                        .put("plugin", outcome.plugin())
                        .put("scenario", outcome.scenario().id())
                        .put("version", outcome.version())
                        .put("requirement", outcome.scenario().requirement())
                        .put("source", outcome.scenario().source())
                        .putUnlessEmpty("requirements", outcome.scenario().numbers())
                        .put("milliseconds", outcome.time().toMillis());
        switch (outcome.verdict()) {
            case Outcome.Passed _ -> out.put("verdict", "passed");
            case Outcome.Skipped skipped ->
                    out.put("verdict", "skipped").put("reason", skipped.reason());
            case Outcome.Failed failed ->
                    out.put("verdict", "failed")
                            .put("done", failed.step())
                            .put("expected", failed.expected())
                            .put("seen", failed.seen())
                            .putUnlessEmpty("upstream", outcome.scenario().upstream())
                            .putUnlessEmpty("call", failed.call())
                            .put("repeat", report.repeat(outcome));
        }
        return out.build();
    }
}
