package dev.kakehashi.cli;

import dev.kakehashi.cni.json.JsonArray;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonValue;
import dev.kakehashi.linux.probe.Feature;
import dev.kakehashi.linux.probe.FeatureProbe;
import dev.kakehashi.linux.probe.FeatureResult;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/** {@code kakehashi probe}. */
@Command(
        name = "probe",
        mixinStandardHelpOptions = true,
        description = {
            "Tries what this kernel can do, and says what of Kakehashi that is for.",
            "Each feature is tried in a network namespace of its own: nothing of the machine is"
                    + " touched. Run it as root."
        })
final class ProbeCommand implements Callable<Integer> {
    @Mixin OutputOption output = new OutputOption();

    @Override
    public Integer call() {
        Map<Feature, FeatureResult> results = FeatureProbe.probeAll();
        if (output.format.forPrograms()) {
            output.format.print(System.out, json(results));
        } else {
            print(results);
        }
        return 0;
    }

    private void print(Map<Feature, FeatureResult> results) {
        boolean wide = output.format == OutputFormat.WIDE;
        List<String> heads = new ArrayList<>(List.of("FEATURE", "KERNEL", "FOR"));
        if (wide) {
            heads.addAll(List.of("TRIED BY", "ANSWER"));
        }
        Table table = Table.of(heads);
        results.forEach((feature, result) -> {
            List<Object> row =
                    new ArrayList<>(List.of(feature.name(), word(result), feature.purpose()));
            if (wide) {
                row.add(feature.method());
                row.add(reason(result));
            }
            table.row(row.toArray());
        });
        table.print(System.out);
        long supported = results.values().stream().filter(FeatureResult::isSupported).count();
        System.out.println();
        System.out.println(
                "Linux "
                        + System.getProperty("os.version")
                        + ": "
                        + supported
                        + " of "
                        + results.size()
                        + " features"
                        + (wide || supported == results.size() ? "" : "; why not: -o wide"));
    }

    private static Table.Cell word(FeatureResult result) {
        return switch (result) {
            case FeatureResult.Supported _ -> new Table.Cell("yes", Style.GOOD);
            case FeatureResult.Missing _ -> new Table.Cell("no", Style.BAD);
            case FeatureResult.Unknown _ -> new Table.Cell("unknown", Style.NOTABLE);
        };
    }

    private static String reason(FeatureResult result) {
        return switch (result) {
            case FeatureResult.Supported _ -> "";
            case FeatureResult.Missing missing -> missing.reason();
            case FeatureResult.Unknown unknown -> unknown.reason();
        };
    }

    private static JsonObject json(Map<Feature, FeatureResult> results) {
        JsonValue[] features =
                results.entrySet().stream()
                        .map(entry -> json(entry.getKey(), entry.getValue()))
                        .toArray(JsonValue[]::new);
        return JsonObject.builder()
                .put("kernel", System.getProperty("os.version"))
                .put("features", JsonArray.of(features))
                .build();
    }

    private static JsonObject json(Feature feature, FeatureResult result) {
        return JsonObject.builder()
                .put("name", feature.name())
                .put("state", word(result).text())
                .put("purpose", feature.purpose())
                .put("method", feature.method())
                .putUnlessEmpty("reason", reason(result))
                .build();
    }
}
