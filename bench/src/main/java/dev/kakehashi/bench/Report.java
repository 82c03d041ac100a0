package dev.kakehashi.bench;

import dev.kakehashi.cni.json.JsonArray;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonValue;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Prints results as a table and writes them as JSON and as a picture. */
final class Report {
    private final JsonObject machine;
    private final List<Result> results;

    Report(JsonObject machine, List<Result> results) {
        this.machine = machine;
        this.results = List.copyOf(results);
    }

    void print(PrintStream out) {
        out.printf(
                Locale.ROOT,
                "%-58s %12s %12s %10s %12s%n",
                "WHAT",
                "OURS",
                "PEER",
                "REACHED",
                "WANTED");
        for (Result r : results) {
            out.printf(
                    Locale.ROOT,
                    "%-58s %12s %12s %10s %12s  %s%n",
                    r.what(),
                    number(r.ours().median()) + " " + r.unit(),
                    r.peer().size() == 0 ? "-" : number(r.peer().median()) + " " + r.unit(),
                    number(r.reached()),
                    r.wanted(),
                    r.ok() ? "ok" : "MISSED");
        }
    }

    void write(Path folder, String name) throws IOException {
        Files.createDirectories(folder);
        JsonObject json =
                JsonObject.builder()
                        .put("machine", machine)
                        .put(
                                "results",
                                JsonArray.of(
                                        results.stream()
                                                .map(Result::toJson)
                                                .toArray(JsonValue[]::new)))
                        .build();
        Files.writeString(folder.resolve(name + ".json"), json.toPrettyString() + "\n");
        Files.writeString(folder.resolve(name + ".svg"), Plot.of(results));
    }

    static String number(double value) {
        double size = Math.abs(value);
        String format = size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.3f";
        return String.format(Locale.ROOT, format, value);
    }
}
