package dev.kakehashi.plugins;

import static org.assertj.core.api.Assumptions.assumeThat;

import dev.kakehashi.cni.plugin.PluginRequest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A binary of the reference plugins, to be called side by side with ours. */
public final class ReferencePlugin {

    /** Where the binaries of other makers are: the reference plugins in its folder "reference". */
    private static final String PROPERTY = "kakehashi.peers";

    /**
     * How a call ended.
     *
     * @param status the exit status
     * @param stdout what it printed
     */
    public record Outcome(int status, String stdout) {}

    private final Path binary;

    private ReferencePlugin(Path binary) {
        this.binary = binary;
    }

    /** The plugin of this type; the test is skipped where it is not installed. */
    public static ReferencePlugin of(String type) {
        Optional<Path> found = find(type);
        assumeThat(found)
                .as("the reference plugin %s is below the folder -D%s", type, PROPERTY)
                .isPresent();
        return new ReferencePlugin(found.orElseThrow());
    }

    private static Optional<Path> find(String type) {
        String folder = System.getProperty(PROPERTY, "");
        // The distribution's, which are older, lie beside them.
        Path binary = Path.of(folder, "reference", type);
        return folder.isEmpty() || !Files.isExecutable(binary)
                ? Optional.empty()
                : Optional.of(binary);
    }

    /** Starts the binary with the request's environment and configuration, which is written. */
    public Process start(PluginRequest request) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(binary.toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(request.environment());
        Process process = builder.start();
        give(process, request.config().toCompactString().getBytes(StandardCharsets.UTF_8));
        return process;
    }

    /** Writes a plugin's input; one that ends without reading it has an exit status to say why. */
    public static void give(Process process, byte[] input) {
        try (var stdin = process.getOutputStream()) {
            stdin.write(input);
        } catch (IOException e) {
            // EPIPE: it refused its environment before it read, as reference plugins do.
            return;
        }
    }

    /** Runs the binary to its end. */
    public Outcome run(PluginRequest request) throws IOException, InterruptedException {
        Process process = start(request);
        String stdout = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Outcome(process.waitFor(), stdout);
    }
}
