package dev.kakehashi.plugins.flannel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.cni.plugin.InProcessDelegator;
import dev.kakehashi.cni.plugin.ProcessDelegator;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.plugins.Calls;
import dev.kakehashi.plugins.PluginBed;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

@KernelTest
class FlannelPluginTest {
    private static final String CONFIG =
            """
            {"cniVersion": "1.1.0", "name": "cbr0", "type": "flannel",
             "delegate": {"hairpinMode": true, "isDefaultGateway": true}}
            """;

    @TempDir Path root;

    private PluginBed bed(TestNamespaces namespaces) throws IOException {
        Files.createDirectories(root.resolve("run/flannel"));
        Files.writeString(subnetFile(), SubnetEnvTest.TEXT);
        return PluginBed.below(root, namespaces);
    }

    private Path subnetFile() {
        return root.resolve("run/flannel/subnet.env");
    }

    private static Calls calls(PluginBed bed) {
        return bed.calls(CONFIG)
                .delegator(
                        InProcessDelegator.of(
                                Map.of(
                                        "bridge", bed.plugin("bridge"),
                                        "host-local", bed.plugin("host-local")),
                                ProcessDelegator.create()));
    }

    private Path saved() throws IOException {
        try (var files = Files.list(root.resolve("var/lib/cni/flannel"))) {
            return files.findFirst().orElseThrow();
        }
    }

    @Test
    void add_attachesByTheBridge_delNeedsNoSubnetFile(TestNamespaces namespaces) throws Exception {
        try (PluginBed bed = bed(namespaces)) {
            CniResult result = bed.add(calls(bed));

            assertThat(result.ips())
                    .singleElement()
                    .satisfies(ip -> assertThat(ip.toString()).contains("10.244.3.2"));
            assertThat(bed.containerLink("eth0").orElseThrow().mtu()).isEqualTo(1450);
            assertThat(bed.hostLink("cni0")).isPresent();
            assertThat(JsonParser.parseObject(Files.readString(saved())).string("name", ""))
                    .isEqualTo("cbr0");
            Path address = root.resolve("var/lib/cni/networks/cbr0/10.244.3.2");
            assertThat(address).exists();

            Files.delete(subnetFile());
            bed.del(calls(bed));
            bed.del(calls(bed));

            assertThat(bed.containerLink("eth0")).isEmpty();
            assertThat(address).doesNotExist();
            assertThat(root.resolve("var/lib/cni/flannel")).isEmptyDirectory();
        }
    }

    @Test
    void withoutSubnetFile_addAndStatusSayWhatIsMissing(TestNamespaces namespaces)
            throws Exception {
        try (PluginBed bed = bed(namespaces)) {
            bed.status(calls(bed));
            Files.writeString(subnetFile(), "FLANNEL_NETWORK=10.244.0.0/16\n");
            assertThatThrownBy(() -> bed.add(calls(bed)))
                    .isInstanceOf(CniException.class)
                    .hasMessageContaining("missing FLANNEL_SUBNET");
            Files.delete(subnetFile());
            assertThatThrownBy(() -> bed.add(calls(bed)))
                    .hasMessageContaining("failed to load flannel 'subnet.env' file");
            assertThatThrownBy(() -> bed.status(calls(bed)))
                    .hasMessageContaining("failed to load flannel 'subnet.env' file");
            assertThat(bed.hostLink("cni0")).isEmpty();
        }
    }
}
