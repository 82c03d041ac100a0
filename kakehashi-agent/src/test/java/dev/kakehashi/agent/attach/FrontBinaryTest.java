package dev.kakehashi.agent.attach;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** From the front binary to the kernel and back, with real processes. */
@KernelTest
class FrontBinaryTest {
    private static final Map<String, String> NO_AGENT = Map.of("KAKEHASHI_AGENT", "off");

    @TempDir Path directory;
    @RegisterExtension final AgentBed bed = new AgentBed(() -> directory);

    @ParameterizedTest
    @ValueSource(strings = {"bridge", "ptp"})
    void addCheckDel_doWhatTheySay(String plugin) throws Exception {
        bed.startAgent();
        Netns container = bed.container();
        String config = plugin.equals("bridge") ? bed.bridge() : bed.config(plugin, "");
        String netns = AgentBed.path(container);
        FrontCall added = bed.call(plugin, "ADD", "c1", netns, config).succeeded();
        assertThat(bed.reserved()).containsExactly(added.address());
        assertThat(TestNamespaces.run(container, "ip", "-o", "addr"))
                .contains("eth0    inet " + added.address() + "/24");
        String checked = AgentBed.withResult(config, added.stdout());
        bed.call(plugin, "CHECK", "c1", netns, checked).succeeded();
        TestNamespaces.run(container, "ip", "link", "set", "eth0", "name", "moved");
        assertThat(bed.call(plugin, "CHECK", "c1", netns, checked).status()).isNotZero();
        TestNamespaces.run(container, "ip", "link", "set", "moved", "name", "eth0");
        bed.call(plugin, "DEL", "c1", netns, config).succeeded();
        bed.assertNothingIsLeft(container);
        bed.call(plugin, "DEL", "c1", netns, config).succeeded();
        assertThat(bed.started()).as("all by one agent").isEqualTo(1);
    }

    @Test
    void loopback_isSetUp() throws Exception {
        bed.startAgent();
        Netns container = bed.container();
        String config = "{\"cniVersion\":\"1.1.0\",\"name\":\"lo\",\"type\":\"loopback\"}";
        Map<String, String> lo = Map.of("CNI_IFNAME", "lo");
        String netns = AgentBed.path(container);
        FrontCall added = bed.call("loopback", "ADD", "c1", netns, config, lo).succeeded();
        assertThat(TestNamespaces.run(container, "ip", "link", "show", "lo")).contains("LOWER_UP");
        bed.call("loopback", "CHECK", "c1", netns, AgentBed.withResult(config, added.stdout()), lo)
                .succeeded();
        bed.call("loopback", "DEL", "c1", netns, config, lo).succeeded();
    }

    @Test
    void gc_removesWhatIsNotValidAndKeepsTheRest() throws Exception {
        bed.startAgent();
        Netns kept = bed.container();
        Netns lost = bed.container();
        String address = bed.add("kept", kept).succeeded().address();
        bed.add("lost", lost).succeeded();
        String config = bed.bridge().strip();
        bed.call(
                        "bridge",
                        "GC",
                        "",
                        "",
                        config.substring(0, config.length() - 1)
                                + ", \"cni.dev/valid-attachments\":"
                                + " [{\"containerID\": \"kept\", \"ifname\": \"eth0\"}]}")
                .succeeded();
        assertThat(bed.reserved()).containsExactly(address);
        assertThat(TestNamespaces.run(kept, "ip", "-o", "addr")).contains(address);
        bed.del("kept", kept).succeeded();
        bed.assertNothingIsLeft(kept, lost);
    }

    @Test
    void status_saysWhetherAddWouldWork() throws Exception {
        bed.startAgent();
        bed.call("bridge", "STATUS", "", "", bed.bridge()).succeeded();
        String full = bed.bridge().replace("10.1.0.0/24", "10.1.0.0/30");
        Netns container = bed.container();
        bed.call("bridge", "ADD", "c1", AgentBed.path(container), full).succeeded();
        bed.call("bridge", "STATUS", "", "", full).failed(50);
    }

    @Test
    void oneShot_hasTheSameResultAsTheAgent() throws Exception {
        Netns container = bed.container();
        String netns = AgentBed.path(container);
        String alone =
                bed.call("bridge", "ADD", "c1", netns, bed.bridge(), NO_AGENT).succeeded().stdout();
        bed.call("bridge", "CHECK", "c1", netns, AgentBed.withResult(bed.bridge(), alone), NO_AGENT)
                .succeeded();
        bed.call("bridge", "DEL", "c1", netns, bed.bridge(), NO_AGENT).succeeded();
        bed.assertNothingIsLeft(container);
        assertThat(bed.agents().running()).isEmpty();
        bed.startAgent();
        String together = bed.add("c1", container).succeeded().stdout();
        assertThat(withoutChance(together)).isEqualTo(withoutChance(alone));
    }

    /** Hardware addresses, names of host ends and the next address differ from call to call. */
    private static String withoutChance(String result) {
        return result.replaceAll("([0-9a-f]{2}:){5}[0-9a-f]{2}", "MAC")
                .replaceAll("veth[0-9a-f]+", "VETH")
                .replaceAll("10\\.1\\.0\\.\\d+/", "ADDRESS/");
    }

    @Test
    void mistakes_areTheSameErrorsWithAndWithoutAgent() throws Exception {
        bed.startAgent();
        Netns container = bed.container();
        String netns = AgentBed.path(container);
        for (String[] bad :
                new String[][] {
                    {"ADD", "c1", netns, "{\"name\": ", "6"},
                    {"ADD", "c1", "", bed.bridge(), "4"},
                    {"ADD", "../c1", netns, bed.bridge(), "4"},
                    {"FLY", "c1", netns, bed.bridge(), "4"},
                    {"ADD", "c1", "/nowhere", bed.bridge(), "8"},
                    {"ADD", "c1", netns, bed.bridge().replace("\"net\"", "\"../net\""), "7"},
                }) {
            FrontCall resident = bed.call("bridge", bad[0], bad[1], bad[2], bad[3]);
            FrontCall alone = bed.call("bridge", bad[0], bad[1], bad[2], bad[3], NO_AGENT);
            assertThat(resident.stdout()).as(String.join(" ", bad)).isEqualTo(alone.stdout());
            resident.failed(Integer.parseInt(bad[4]));
        }
        bed.assertNothingIsLeft(container);
    }

    @Test
    void nobodyButRoot_isServed() throws Exception {
        bed.startAgent();
        assertThat(Files.getPosixFilePermissions(bed.socket())).hasSize(2); // rw-------
        // The doors opened, so that the check behind them is what is seen.
        for (Path door : List.of(directory, directory.resolve("run"), bed.socket())) {
            TestNamespaces.run(bed.host(), "chmod", "a+rwx", door.toString());
        }
        String output =
                TestNamespaces.run(
                        bed.host(),
                        "sh",
                        "-c",
                        "echo '%s' | CNI_COMMAND=STATUS CNI_PATH=/ KAKEHASHI_SOCKET=%s setpriv --reuid=65534 --regid=65534 --clear-groups %s || true"
                                .formatted(
                                        bed.bridge(), bed.socket(), bed.cni().resolve("bridge")));
        assertThat(output).contains("\"code\": 5").contains("only root may ask");
    }
}
