package dev.kakehashi.plugins.tap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.CniVersion;
import dev.kakehashi.cni.result.CniInterface;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.linux.Fd;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.Struct;
import dev.kakehashi.linux.Unistd;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.Tun;
import dev.kakehashi.linux.rtnetlink.TunDevice;
import dev.kakehashi.plugins.Calls;
import dev.kakehashi.plugins.PluginBed;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.RequiresFeature;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

@KernelTest
@RequiresFeature("tun")
class TapPluginTest {

    private static final int ETHERTYPE_ARP = 0x0806;
    private static final String MAC = "c2:11:22:33:44:55";

    @TempDir Path data;
    @RegisterExtension final PluginBed bed = PluginBed.ofEachTest();

    private static String config(String version, String keys) {
        return "{'cniVersion': '%s', 'name': 'mynet', 'type': 'tap'%s}".formatted(version, keys);
    }

    private Calls calls(String keys) {
        return bed.calls(config("1.1.0", keys));
    }

    private String hostLocal() {
        return ", 'ipam': {'type': 'host-local', %s, 'ranges': [[{'subnet': '10.1.2.0/24'}],"
                        .formatted(PluginBed.dataDir(data))
                + " [{'subnet': '2001:db8:42::/64'}]], 'routes': [{'dst': '0.0.0.0/0'}]}";
    }

    private Link eth0() throws Exception {
        return bed.containerLink("eth0").orElseThrow();
    }

    private Tun tun() throws Exception {
        return (Tun) eth0().kind().orElseThrow();
    }

    private List<String> reserved() {
        String[] names = data.resolve("mynet").toFile().list();
        return names == null ? List.of() : Stream.of(names).filter(n -> n.contains("10.")).toList();
    }

    static Stream<String> versions() {
        return CniVersion.ALL.stream().map(CniVersion::toString);
    }

    @ParameterizedTest
    @MethodSource("versions")
    void add_makesATapThatStays_andDelRemoves(String version) throws Exception {
        Calls calls =
                bed.calls(config(version, ", 'mtu': 1400, 'mac': '" + MAC + "'" + hostLocal()));

        CniResult result = bed.add(calls);

        assertThat(tun().tap()).isTrue();
        assertThat(tun().persistent()).isTrue();
        assertThat(tun().owner()).isEmpty();
        assertThat(eth0().mtu()).isEqualTo(1400);
        assertThat(eth0().isUp()).isTrue();
        assertThat(eth0().alias()).isEqualTo("kakehashi:mynet/dummy/eth0");
        if (!result.interfaces().isEmpty()) {
            assertThat(result.interfaces())
                    .containsExactly(
                            CniInterface.inContainer("eth0", MAC, PluginBed.path(bed.container())));
        }
        assertThat(bed.inContainer("ip", "-o", "address", "show", "dev", "eth0"))
                .contains("10.1.2.2/24")
                .contains("2001:db8:42::2/64");
        assertThat(bed.inContainer("ip", "-6", "-o", "address", "show", "dev", "eth0", "tentative"))
                .as("nobody waits for duplicates where there is no carrier")
                .doesNotContain("2001:db8:42::2");
        if (CniVersion.exact(version).orElseThrow().atLeast(CniVersion.V0_4_0)) {
            bed.check(calls.prevResult(result));
        }

        bed.del(calls);
        bed.del(calls);
        assertThat(bed.containerLink("eth0")).isEmpty();
        assertThat(reserved()).isEmpty();
    }

    /** The reference plugin loses the address when both are given. */
    @Test
    void ownerAndGroup_mayAttach_andTheAddressIsKept() throws Exception {
        Calls calls =
                calls(", 'owner': 107, 'group': 108, 'multiQueue': true, 'mac': '" + MAC + "'");
        CniResult result = bed.add(calls);
        assertThat(tun().owner()).hasValue(107);
        assertThat(tun().group()).hasValue(108);
        assertThat(tun().multiQueue()).isTrue();
        assertThat(eth0().mac().orElseThrow()).hasToString(MAC);
        bed.check(calls.prevResult(result));
        bed.del(calls);
    }

    @Test
    @Timeout(20)
    void packets_reachTheProgramThatAttaches() throws Exception {
        bed.add(calls(", 'ipam': {'type': 'static', 'addresses': [{'address': '10.1.2.2/24'}]}"));
        Process pings =
                bed.container()
                        .<Process, IOException>call(
                                new ProcessBuilder("ping", "-n", "-c", "9", "10.1.2.9")::start);
        try (Fd program =
                bed.container()
                        .<Fd, LinuxException>call(() -> TunDevice.open("eth0", true, false))) {
            Struct frame = Struct.allocate(2000);
            int type = 0;
            while (type != ETHERTYPE_ARP) {
                assertThat(Unistd.read(program, frame)).isPositive();
                type = Short.reverseBytes(frame.getShort(12));
            }
            // Who has 10.1.2.9? (RFC 826: the target's address is at 38)
            assertThat(frame.toBytes(38, 4)).containsExactly(10, 1, 2, 9);
        } finally {
            pings.destroyForcibly();
        }
    }

    @Test
    void bridge_ofTheContainer_getsAPort() throws Exception {
        Calls calls = calls(", 'bridge': 'br0'");
        assertThatThrownBy(() -> bed.add(calls))
                .hasMessageStartingWith("failed to get bridge br0: Link not found");
        bed.inContainer("ip", "link", "add", "br0", "type", "bridge");
        CniResult result = bed.add(calls);
        assertThat(eth0().master()).isEqualTo(bed.containerLink("br0").orElseThrow().index());
        bed.check(calls.prevResult(result));
        bed.inContainer("ip", "link", "set", "eth0", "nomaster");
        assertThatThrownBy(() -> bed.check(calls))
                .hasMessage("Error: tap eth0 is no port of bridge br0");
        bed.del(calls);
        assertThatThrownBy(() -> bed.add(calls(", 'bridge': 'lo'")))
                .hasMessageStartingWith("failed to set tap eth0 as a port of bridge lo");
        assertThat(bed.containerLink("eth0")).isEmpty();
    }

    @Test
    void secondAdd_isRefusedAndHarmsNothing() throws Exception {
        CniResult result = bed.add(calls(hostLocal()));
        assertThatThrownBy(() -> bed.add(calls(hostLocal())))
                .hasMessageStartingWith("failed to rename tap to \"eth0\": file exists");
        bed.check(calls(hostLocal()).prevResult(result));
        assertThat(reserved()).hasSize(1);
    }

    @Test
    void failedAdd_leavesNothing() throws Exception {
        String route =
                hostLocal()
                        .replace(
                                "{'dst': '0.0.0.0/0'}",
                                "{'dst': '10.9.0.0/16', 'gw': '198.51.100.7'}");
        assertThatThrownBy(() -> bed.add(calls(route)))
                .isInstanceOf(CniException.class)
                .hasMessageContaining("10.9.0.0/16");
        assertThat(bed.containerLink("eth0")).isEmpty();
        assertThat(reserved()).isEmpty();
    }

    @Test
    void selinuxContext_withoutSelinux_isAnErrorThatLeavesNothing() throws Exception {
        assertThatThrownBy(() -> bed.add(calls(", 'selinuxContext': 'x:x:x:s0'" + hostLocal())))
                .isInstanceOf(CniException.class)
                .hasMessageStartingWith("failed set socket label: ");
        assertThat(bed.containerLink("eth0")).isEmpty();
        assertThat(reserved()).isEmpty();
    }

    @Test
    void check_noticesWhatIsDifferent() throws Exception {
        Calls calls = calls(", 'owner': 107");
        CniResult result = bed.add(calls);
        assertThatThrownBy(() -> bed.check(calls(", 'owner': 108").prevResult(result)))
                .hasMessageStartingWith("Error: tap eth0 is for others than configured");
        bed.inContainer("ip", "link", "delete", "eth0");
        bed.inContainer("ip", "tuntap", "add", "mode", "tun", "name", "eth0");
        assertThatThrownBy(() -> bed.check(calls.prevResult(result)))
                .hasMessage("Error: Container interface eth0 not of type tap");
    }

    @Test
    void status_looksForTheDevice() throws Exception {
        bed.status(calls(hostLocal()));
    }

    @Test
    void del_withoutNamespace_givesTheAddressesBack() throws Exception {
        bed.add(calls(hostLocal()));
        bed.del(calls(hostLocal()).set("CNI_NETNS", ""));
        assertThat(reserved()).isEmpty();
        bed.del(calls(hostLocal()).set("CNI_NETNS", "/run/netns/gone"));
    }
}
