package dev.kakehashi.conformance;

import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The plugins of the build, with an agent of the test's own behind them. */
final class OurPlugins {
    private static final Path FOLDER = Path.of(System.getProperty("kakehashi.dist", ""), "cni");

    private OurPlugins() {}

    /** The types in the build; the test is skipped where nothing is built. */
    static List<String> types() throws IOException {
        List<String> types = new ArrayList<>();
        if (Files.isDirectory(FOLDER)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(FOLDER)) {
                files.forEach(file -> types.add(file.getFileName().toString()));
            }
        }
        types.sort(null);
        assumeThat(types).as("plugins in %s: make build", FOLDER).isNotEmpty();
        return types;
    }

    /** Options whose agent is started by the first call, and ends by itself after the last. */
    static ConformanceOptions options(Path state) throws IOException {
        assumeThat(FOLDER.resolve("bridge")).as("plugins in %s: make build", FOLDER).isExecutable();
        Map<String, String> environment = new HashMap<>(System.getenv());
        environment.put("KAKEHASHI_SOCKET", state.resolve("agent.sock").toString());
        environment.put(
                "KAKEHASHI_STATE", Files.createDirectories(state.resolve("state")).toString());
        environment.put("KAKEHASHI_IDLE", "10");
        return ConformanceOptions.of(FOLDER, "1.1.0").environment(environment);
    }
}
