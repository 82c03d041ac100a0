package dev.kakehashi.plugins.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.kakehashi.testing.KernelTest;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.Map;

/**
 * Containers of the distribution's Podman with its CNI back end: bridge, portmap, firewall and
 * tuning in one chain, as it comes.
 */
@Tag("peers")
@KernelTest
class PodmanTest {

    @TempDir Path work;

    @Test
    void containers_publishPorts_andAreInTwoNetworks() throws Exception {
        assumeThat(Experiment.PEERS.resolve("podman/usr/bin/podman"))
                .as("Podman is below the folder -Dkakehashi.peers")
                .isExecutable();
        Map<String, String> seen =
                new Experiment("podman", "stock").run(work, Experiment.OURS, Map.of());

        assertThat(seen.get("address")).contains("10.88.0.2/16");
        assertThat(seen.get("inspected")).isEqualToIgnoringNewLines("10.88.0.2");
        assertThat(seen.get("published tcp")).isEqualToIgnoringNewLines("web sees 192.0.2.2");
        assertThat(seen.get("published udp")).isEqualToIgnoringNewLines("web sees 192.0.2.2");
        assertThat(seen.get("published, by localhost")).startsWith("web sees 10.88.0.1");
        assertThat(seen.get("hairpin tcp")).startsWith("web sees 10.88.0.1");
        assertThat(seen.get("hairpin udp")).startsWith("web sees 10.88.0.1");
        assertThat(seen.get("outwards")).isEqualToIgnoringNewLines("outside sees 192.0.2.1");

        assertThat(seen.get("its plugins")).contains("portmap", "firewall", "tuning");
        assertThat(seen.get("two networks")).contains("10.88.0.3/16").contains("10.99.1.2/24");
        assertThat(seen.get("two networks, published"))
                .isEqualToIgnoringNewLines("both sees 192.0.2.2");
        assertThat(seen.get("neighbour in the first"))
                .isEqualToIgnoringNewLines("web sees 10.88.0.3");
        assertThat(seen.get("one network")).contains("10.88.0.3/16").doesNotContain("10.99.1.");
        assertThat(seen.get("one network, published"))
                .isEqualToIgnoringNewLines("both sees 192.0.2.2");
        assertThat(seen.get("connected")).contains("10.88.0.2/16").contains("10.99.1.");

        assertThat(seen.get("published after stop")).isEqualToIgnoringNewLines("nothing");
        assertThat(seen.get("rules after"))
                .doesNotContain("10.88.0.")
                .doesNotContain("10.99.1.")
                .doesNotContain("dport");
        assertThat(seen.get("links after")).doesNotContain("veth");
        assertThat(seen.get("leases after")).isBlank();
    }
}
