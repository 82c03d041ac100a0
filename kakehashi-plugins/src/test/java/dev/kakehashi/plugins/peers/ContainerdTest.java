package dev.kakehashi.plugins.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.testing.KernelTest;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * Containers of a real runtime: the distribution's containerd and runc, with the front binary of a
 * build and the agent that it starts. Each run has mount, process and network namespaces of its
 * own.
 */
@Tag("peers")
@KernelTest
class ContainerdTest {

    private static final Path PEERS = Path.of(System.getProperty("kakehashi.peers", ""));
    private static final Path OURS = Path.of(System.getProperty("kakehashi.dist", ""), "cni");

    @TempDir Path work;

    /** Runs a script and returns what it showed, section by section. */
    private Map<String, String> run(String script, Path binaries) throws Exception {
        assumeThat(binaries.resolve("bridge"))
                .as("plugins to try; `make build` makes ours")
                .isExecutable();
        Path folder = Files.createDirectory(work.resolve(script + binaries.getFileName()));
        Path output = folder.resolve("output");
        Process process =
                new ProcessBuilder(
                                "unshare",
                                "--mount",
                                "--net",
                                "--pid",
                                "--fork",
                                "--kill-child",
                                "--mount-proc",
                                "bash",
                                resource("with-containerd.sh"),
                                folder.toString(),
                                binaries.toRealPath().toString(),
                                PEERS.resolve("bin/cnitool").toString(),
                                resource(script + ".sh"))
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
        try {
            assertThat(process.waitFor(120, TimeUnit.SECONDS)).as("the script ends").isTrue();
        } finally {
            process.destroyForcibly();
        }
        String text = Files.readString(output);
        assertThat(process.exitValue()).as(text).isZero();
        return sections(text);
    }

    private static String resource(String name) throws URISyntaxException {
        URL url = ContainerdTest.class.getResource("/containerd/" + name);
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

    /** A result without what is made up: hardware addresses, names of host ends, process ids. */
    private static JsonObject shape(String result) throws JsonException {
        return JsonParser.parseObject(
                        result.replaceAll("([0-9a-f]{2}:){5}[0-9a-f]{2}", "MAC")
                                .replaceAll("veth[0-9a-f]{8}", "VETH")
                                .replaceAll("/proc/[0-9]+/", "/proc/PID/")
                                .getBytes(StandardCharsets.UTF_8))
                .sorted();
    }

    @Test
    void runningContainer_getsAnInterface() throws Exception {
        Map<String, String> seen = run("attach", OURS);

        assertThat(seen.get("before")).doesNotContain("eth0");
        assertThat(seen.get("address")).contains("10.10.0.2/24");
        assertThat(seen.get("route")).contains("default via 10.10.0.1 dev eth0");
        assertThat(seen.get("ping")).contains("1 packets received");
        assertThat(seen.get("host")).contains("1 received");
        assertThat(seen.get("after")).doesNotContain("eth0");
        assertThat(seen.get("host links after")).contains("classic0").doesNotContain("veth");

        Map<String, String> reference = run("attach", PEERS.resolve("reference"));
        assertThat(shape(seen.getOrDefault("result", "")))
                .isEqualTo(shape(reference.getOrDefault("result", "")));
    }

    @Test
    void runtimeThatCallsCni_bringsContainersUp() throws Exception {
        Map<String, String> seen = run("run", OURS);

        assertThat(seen.get("first"))
                .contains("10.11.0.2/24")
                .contains("2001:db8:11::2/64")
                .contains("default via 10.11.0.1 dev eth0")
                .containsPattern("(?s)1 packets received.*1 packets received");
        assertThat(seen.get("reserved after the first"))
                .contains("last_reserved_ip.0")
                .doesNotContain("10.11.0.2\n");
        assertThat(seen.get("second reaches the first"))
                .contains("10.11.0.4/24")
                .contains("1 packets received");
        assertThat(seen.get("host links")).contains("pods0");
    }
}
