package dev.kakehashi.plugins.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * A script that uses a container engine of the distribution, in mount, process and network
 * namespaces of its own.
 *
 * @param engine which: the name of a script in the resources
 * @param script what is done with it: the name of another
 */
record Experiment(String engine, String script) {

    /** Where the binaries of other makers are. */
    static final Path PEERS = Path.of(System.getProperty("kakehashi.peers", ""));

    /** The front binaries of a build. */
    static final Path OURS = Path.of(System.getProperty("kakehashi.dist", ""), "cni");

    private static final int PATIENCE_SECONDS = 120;

    /** What Podman says that is built without CNI, as Debian 13's is (build tag {@code cni}). */
    private static final String WITHOUT_CNI = "cni support is not enabled in this build";

    /**
     * Runs it and returns what it showed, section by section.
     *
     * @param work an empty folder, or one of other experiments
     * @param binaries the plugins that the engine finds
     * @param variables for the script
     */
    Map<String, String> run(Path work, Path binaries, Map<String, String> variables)
            throws Exception {
        assumeThat(binaries.resolve("bridge"))
                .as("plugins to try; `make build` makes ours")
                .isExecutable();
        Path folder = Files.createTempDirectory(work, script);
        Path output = folder.resolve("output");
        ProcessBuilder builder =
                new ProcessBuilder(
                                "unshare",
                                "--mount",
                                "--net",
                                "--pid",
                                "--fork",
                                "--kill-child",
                                "--mount-proc",
                                "bash",
                                frame(),
                                folder.toString(),
                                binaries.toRealPath().toString(),
                                PEERS.toString(),
                                engine,
                                script)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile());
        builder.environment().putAll(variables);
        Process process = builder.start();
        try {
            assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS))
                    .as("the script ends: %s", Files.readString(output))
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        String text = Files.readString(output);
        assumeThat(text.contains(WITHOUT_CNI))
                .as("this distribution's %s is built without CNI, only with Netavark", engine)
                .isFalse();
        assertThat(process.exitValue()).as(text).isZero();
        return sections(text);
    }

    private static String frame() throws URISyntaxException {
        URL url = Experiment.class.getResource("/clients/frame.sh");
        return Path.of(Objects.requireNonNull(url).toURI()).toString();
    }

    private static Map<String, String> sections(String text) {
        Map<String, String> sections = new LinkedHashMap<>();
        String name = "";
        for (String line : text.lines().toList()) {
            if (line.startsWith("==> ")) {
                name = line.substring(4);
                sections.put(name, "");
            } else {
                sections.merge(name, line + "\n", String::concat);
            }
        }
        return sections;
    }
}
