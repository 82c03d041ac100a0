package dev.kakehashi.plugins.single;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.plugins.Calls;
import dev.kakehashi.plugins.PluginBed;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.RequiresFeature;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;

@KernelTest
@RequiresFeature("macvlan")
class LeftoversTest {

    private static final String CONFIG =
            "{'cniVersion': '1.1.0', 'name': 'mynet', 'type': 'macvlan', 'master': 'outside',"
                    + " 'ipam': {'type': 'host-local', 'ranges': [[{'subnet': '10.1.2.0/24'}]]}}";

    @Test
    void gc_deletesWhatIsNotValid_inNamespacesThatHaveAName(
            TestNamespaces namespaces, @TempDir Path root) throws Exception {
        try (PluginBed bed = PluginBed.below(root, namespaces)) {
            bed.outside();
            Path names = Files.createDirectories(root.resolve("run/netns"));
            Files.writeString(names.resolve("no-namespace"), "");
            Path name = names.resolve("pod");
            bed.container().pin(name);
            try {
                bed.add(calls(bed, "dead", "eth0"));
                bed.add(calls(bed, "alive", "eth1"));
                bed.add(calls(bed, "dead", "eth2", CONFIG.replace("mynet", "other")));
                Netns unnamed = bed.anotherContainer();
                bed.add(calls(bed, "dead", "eth3").set("CNI_NETNS", PluginBed.path(unnamed)));

                assertThatThrownBy(() -> bed.gc(bed.calls(CONFIG)))
                        .isInstanceOf(CniException.class)
                        .hasMessageContaining("valid-attachments");
                bed.gc(bed.gcCalls(CONFIG, "alive", "eth1"));

                assertThat(bed.containerLink("eth0")).isEmpty();
                assertThat(bed.containerLink("eth1")).isPresent();
                assertThat(bed.containerLink("eth2")).isPresent();
                assertThat(root.resolve("var/lib/cni/networks/mynet").toFile().list())
                        .contains("10.1.2.3")
                        .doesNotContain("10.1.2.2", "10.1.2.4");
            } finally {
                Netns.unpin(name);
            }
        }
    }

    private static Calls calls(PluginBed bed, String container, String ifName) {
        return calls(bed, container, ifName, CONFIG);
    }

    private static Calls calls(PluginBed bed, String container, String ifName, String config) {
        return bed.calls(config).container(container, ifName);
    }
}
