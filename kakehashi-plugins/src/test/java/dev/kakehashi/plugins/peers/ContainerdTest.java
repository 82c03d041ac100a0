package dev.kakehashi.plugins.peers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.testing.KernelTest;

import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/**
 * Containers of a real runtime: the distribution's containerd and runc, with the front binary of a
 * build and the agent that it starts. Each run has mount, process and network namespaces of its
 * own.
 */
@Tag("peers")
@KernelTest
class ContainerdTest {

    @TempDir Path work;

    private Map<String, String> run(String script, Path binaries) throws Exception {
        return new Experiment("containerd", script).run(work, binaries, Map.of());
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
        Map<String, String> seen = run("attach", Experiment.OURS);

        assertThat(seen.get("before")).doesNotContain("eth0");
        assertThat(seen.get("address")).contains("10.10.0.2/24");
        assertThat(seen.get("route")).contains("default via 10.10.0.1 dev eth0");
        assertThat(seen.get("ping")).contains("1 packets received");
        assertThat(seen.get("host")).contains("1 received");
        assertThat(seen.get("after")).doesNotContain("eth0");
        assertThat(seen.get("host links after")).contains("classic0").doesNotContain("veth");

        Map<String, String> reference = run("attach", Experiment.PEERS.resolve("reference"));
        assertThat(shape(seen.getOrDefault("result", "")))
                .isEqualTo(shape(reference.getOrDefault("result", "")));
    }

    @Test
    void runtimeThatCallsCni_bringsContainersUp() throws Exception {
        Map<String, String> seen = run("run", Experiment.OURS);

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

    /** Published ports, a host that refuses to forward, a limit of speed: all in one chain. */
    @ParameterizedTest
    @ValueSource(strings = {"iptables", "nftables"})
    void chain_doesAllItsWork(String backend) throws Exception {
        Map<String, String> seen =
                new Experiment("containerd", "chain")
                        .run(work, Experiment.OURS, Map.of("BACKEND", backend));

        assertThat(seen.get("published tcp")).isEqualToIgnoringNewLines("web sees 192.0.2.2");
        assertThat(seen.get("published udp")).isEqualToIgnoringNewLines("web sees 192.0.2.2");
        assertThat(seen.get("published, from this host")).startsWith("web sees 192.0.2.1");
        assertThat(seen.get("published, by localhost")).startsWith("web sees 10.12.0.1");
        assertThat(seen.get("hairpin tcp")).startsWith("web sees 10.12.0.1");
        assertThat(seen.get("hairpin udp")).startsWith("web sees 10.12.0.1");
        assertThat(seen.get("from a neighbour")).startsWith("web sees 10.12.0.");

        assertThat(seen.get("outwards")).isEqualToIgnoringNewLines("outside sees 192.0.2.1");
        assertThat(seen.get("not published")).isEqualToIgnoringNewLines("nothing");
        assertThat(seen.get("around the published port")).isEqualToIgnoringNewLines("nothing");
        assertThat(seen.get("of another network")).isEqualToIgnoringNewLines("nothing");

        assertThat(Double.parseDouble(seen.getOrDefault("download", "").strip()))
                .isCloseTo(40e6, Percentage.withPercentage(10));
        assertThat(Double.parseDouble(seen.getOrDefault("upload", "").strip()))
                .isCloseTo(24e6, Percentage.withPercentage(10));
        assertThat(seen.get("tuned")).contains("mtu 1400");

        assertThat(seen.get("rules after")).doesNotContain("10.12.0.");
        assertThat(seen.get("links after")).doesNotContain("veth").doesNotContain("bwp");
        assertThat(seen.get("published after")).isEqualToIgnoringNewLines("nothing");
    }
}
