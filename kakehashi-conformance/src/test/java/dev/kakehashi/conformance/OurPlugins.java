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
import java.util.concurrent.TimeUnit;

/** The plugins of the build, with an agent of the test's own behind them. */
final class OurPlugins {
    private static final Path FOLDER = Path.of(System.getProperty("kakehashi.dist", ""), "cni");

    private static final int PAUSE_MILLIS = 100;

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

    /**
     * Starts an agent for {@link #options}, and waits until it serves. Where a machine is too slow
     * for this the front binaries would not wait for it.
     */
    static Process startAgent(Path state) throws IOException, InterruptedException {
        Path socket = socket(state);
        Process agent =
                new ProcessBuilder(
                                FOLDER.resolveSibling("bin").resolve("kakehashi-agent").toString(),
                                "--socket",
                                socket.toString(),
                                "--state",
                                state(state).toString())
                        .redirectErrorStream(true)
                        .redirectOutput(state.resolve("agent.log").toFile())
                        .start();
        while (!Files.exists(socket)) {
            if (agent.waitFor(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
                throw new IOException(
                        "the agent ended: " + Files.readString(state.resolve("agent.log")));
            }
        }
        return agent;
    }

    private static Path socket(Path state) {
        return state.resolve("agent.sock");
    }

    private static Path state(Path state) throws IOException {
        return Files.createDirectories(state.resolve("state"));
    }

    /** Options whose agent is started by the first call, and ends by itself after the last. */
    static ConformanceOptions options(Path state) throws IOException {
        assumeThat(FOLDER.resolve("bridge")).as("plugins in %s: make build", FOLDER).isExecutable();
        Map<String, String> environment = new HashMap<>(System.getenv());
        environment.put("KAKEHASHI_SOCKET", socket(state).toString());
        environment.put("KAKEHASHI_STATE", state(state).toString());
        environment.put("KAKEHASHI_IDLE", "10");
        return ConformanceOptions.of(FOLDER, "1.1.0").environment(environment);
    }
}
