package dev.kakehashi.plugins.hostdevice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.CniVersion;
import dev.kakehashi.cni.result.CniInterface;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.plugins.Calls;
import dev.kakehashi.plugins.PluginBed;
import dev.kakehashi.testing.KernelTest;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The device is "outside", a veth end of the host; its other end, another node, is 192.0.2.2. */
@KernelTest
class HostDevicePluginTest {

    private static final String DEVICE = ", 'device': 'outside'";
    private static final String PCI = "0000:00:19.0";
    private static final String IPAM =
            ", 'ipam': {'type': 'host-local', 'ranges': [[{'subnet': '192.0.2.0/24',"
                    + " 'rangeStart': '192.0.2.10', 'gateway': '192.0.2.1'}]], 'routes': [{'dst':"
                    + " '0.0.0.0/0'}]}";

    @TempDir Path root;
    @RegisterExtension final PluginBed bed = PluginBed.ofEachTestBelow(() -> root);

    @BeforeEach
    void prepare() throws Exception {
        bed.outside();
    }

    private static String config(String version, String keys) {
        return "{'cniVersion': '%s', 'name': 'mynet', 'type': 'host-device'%s}"
                .formatted(version, keys);
    }

    private Calls calls(String keys) {
        return bed.calls(config("1.1.0", keys));
    }

    private String mac() throws Exception {
        return bed.hostLink("outside").flatMap(Link::mac).map(MacAddress::toString).orElseThrow();
    }

    private List<String> reserved() {
        String[] names = root.resolve("var/lib/cni/networks/mynet").toFile().list();
        return names == null
                ? List.of()
                : Stream.of(names).filter(n -> n.contains("192.")).toList();
    }

    private void assertThatTheHostHasIt() throws Exception {
        Link device = bed.hostLink("outside").orElseThrow();
        assertThat(device.alias()).isEmpty();
        assertThat(device.isUp()).isFalse();
        assertThat(bed.containerLink("eth0")).isEmpty();
        assertThat(bed.containerLink("outside")).isEmpty();
    }

    static Stream<String> versions() {
        return CniVersion.ALL.stream().map(CniVersion::toString);
    }

    @ParameterizedTest
    @MethodSource("versions")
    void add_movesTheDevice_andDelGivesItBack(String version) throws Exception {
        String mac = mac();
        Calls calls = bed.calls(config(version, DEVICE + IPAM));

        CniResult result = bed.add(calls);

        assertThat(bed.hostLink("outside")).isEmpty();
        assertThat(bed.containerLink("eth0").orElseThrow().alias()).isEqualTo("outside");
        if (!result.interfaces().isEmpty()) {
            assertThat(result.interfaces())
                    .containsExactly(
                            CniInterface.inContainer("eth0", mac, PluginBed.path(bed.container())));
            assertThat(result.ips()).allMatch(ip -> ip.interfaceIndex().orElse(-1) == 0);
        }
        bed.ping("192.0.2.2");
        assertThat(bed.inContainer("ip", "-4", "route")).contains("default via 192.0.2.1 dev eth0");
        if (CniVersion.exact(version).orElseThrow().atLeast(CniVersion.V0_4_0)) {
            bed.check(calls.prevResult(result));
        }

        bed.del(calls);
        assertThatTheHostHasIt();
        bed.del(calls);
        assertThatTheHostHasIt();
        assertThat(reserved()).isEmpty();
    }

    @Test
    void withoutAddresses_theDeviceIsUp() throws Exception {
        Calls calls = calls(DEVICE);
        CniResult result = bed.add(calls);
        assertThat(bed.containerLink("eth0").orElseThrow().isUp()).isTrue();
        bed.check(calls.prevResult(result));
        bed.del(calls);
        assertThatTheHostHasIt();
    }

    @ParameterizedTest
    @ValueSource(strings = {"hwaddr", "kernelpath", "pciBusID", "deviceID", "auxiliary"})
    void device_isFoundByAnySelector(String selector) throws Exception {
        Files.createDirectories(root.resolve("sys/bus/pci/devices/" + PCI + "/net/outside"));
        Files.createDirectories(root.resolve("sys/bus/pci/drivers/e1000e"));
        Files.createSymbolicLink(
                root.resolve("sys/bus/pci/devices/" + PCI + "/driver"),
                Path.of("../../drivers/e1000e"));
        Files.createDirectories(
                root.resolve("sys/bus/auxiliary/devices/mlx5_core.sf.4/net/outside"));
        Files.createDirectories(root.resolve("sys/devices/virtual/x/net/outside"));
        String keys =
                switch (selector) {
                    case "hwaddr" -> "'hwaddr': '" + mac() + "'";
                    case "kernelpath" -> "'kernelpath': '/sys/devices/virtual/x'";
                    case "pciBusID" -> "'pciBusID': '" + PCI + "'";
                    case "deviceID" -> "'runtimeConfig': {'deviceID': '" + PCI + "'}";
                    default -> "'runtimeConfig': {'deviceID': 'mlx5_core.sf.4'}";
                };
        Calls calls = calls(", " + keys + IPAM);
        CniResult result = bed.add(calls);
        bed.ping("192.0.2.2");
        bed.check(calls.prevResult(result));
        bed.del(calls);
        assertThatTheHostHasIt();
        bed.del(calls);
        assertThat(reserved()).isEmpty();
    }

    @Test
    void deviceOfAProgram_getsAddressesAndStaysWhereItIs() throws Exception {
        Files.createDirectories(root.resolve("sys/bus/pci/devices/" + PCI));
        Files.createDirectories(root.resolve("sys/bus/pci/drivers/vfio-pci"));
        Files.createSymbolicLink(
                root.resolve("sys/bus/pci/devices/" + PCI + "/driver"),
                Path.of("../../drivers/vfio-pci"));
        Calls calls = calls(", 'pciBusID': '" + PCI + "'" + IPAM);
        CniResult result = bed.add(calls);
        assertThat(result.interfaces())
                .containsExactly(
                        CniInterface.inContainer("eth0", "", PluginBed.path(bed.container())));
        assertThat(result.ips()).hasSize(1);
        assertThat(bed.containerLink("eth0")).isEmpty();
        bed.check(calls.prevResult(result));
        bed.status(calls);
        bed.del(calls);
        assertThat(reserved()).isEmpty();
        String keys = ", 'pciBusID': '" + PCI + "'";
        assertThat(bed.add(calls(keys)).ips()).isEmpty();
        bed.del(calls(keys));
    }

    @Test
    void nameTakenOnTheHost_delFailsUntilItIsFree() throws Exception {
        Calls calls = calls(DEVICE + IPAM);
        bed.add(calls);
        bed.onHost("ip", "link", "add", "outside", "type", "veth", "peer", "name", "peer");
        assertThatThrownBy(() -> bed.del(calls))
                .hasMessageStartingWith("failed to move \"outside\" to hostNS: file exists");
        Link eth0 = bed.containerLink("eth0").orElseThrow();
        assertThat(eth0.isUp()).isTrue();
        assertThat(eth0.alias()).isEqualTo("outside");
        bed.onHost("ip", "link", "delete", "outside");
        bed.del(calls);
        assertThatTheHostHasIt();
    }

    @Test
    void containerWithALinkOfTheDevicesName_isNoHindrance() throws Exception {
        bed.inContainer("ip", "link", "add", "outside", "type", "veth", "peer", "name", "peer");
        Calls calls = calls(DEVICE + IPAM);
        bed.add(calls);
        bed.ping("192.0.2.2");
        bed.del(calls);
        assertThat(bed.hostLink("outside").orElseThrow().alias()).isEmpty();
        assertThat(bed.containerLink("outside")).isPresent();
        assertThat(bed.containerLink("eth0")).isEmpty();
    }

    @Test
    void secondAdd_whenTheContainerHasTheName_leavesTheDeviceAlone() throws Exception {
        bed.inContainer("ip", "link", "add", "eth0", "type", "veth", "peer", "name", "peer");
        Link before = bed.hostLink("outside").orElseThrow();
        assertThatThrownBy(() -> bed.add(calls(DEVICE + IPAM)))
                .isInstanceOf(CniException.class)
                .hasMessageContaining("file exists");
        assertThat(bed.hostLink("outside")).contains(before);
        assertThat(reserved()).isEmpty();
        bed.del(calls(DEVICE + IPAM));
        assertThat(bed.containerLink("eth0")).isPresent();
    }

    @Test
    void failedAdd_putsTheDeviceBackAsItWas() throws Exception {
        Link before = bed.hostLink("outside").orElseThrow();
        String route =
                IPAM.replace(
                        "{'dst': '0.0.0.0/0'}", "{'dst': '10.9.0.0/16', 'gw': '198.51.100.7'}");
        assertThatThrownBy(() -> bed.add(calls(DEVICE + route)))
                .isInstanceOf(CniException.class)
                .hasMessageContaining("10.9.0.0/16");
        Link after = bed.hostLink("outside").orElseThrow();
        assertThat(after.alias()).isEqualTo(before.alias());
        assertThat(after.isUp()).isTrue();
        assertThat(bed.containerLink("eth0")).isEmpty();
        assertThat(reserved()).isEmpty();
    }

    /** The kernel gives hardware back with the name it had in the container, or one like dev7. */
    @ParameterizedTest
    @ValueSource(strings = {"eth0", "dev7"})
    void namespaceGone_theDeviceGetsItsNameBack(String strayed) throws Exception {
        for (String selector : List.of(DEVICE, ", 'hwaddr': '" + mac() + "'")) {
            for (CniCommand command : List.of(CniCommand.DEL, CniCommand.ADD)) {
                bed.onHost("ip", "link", "set", "outside", "down");
                bed.onHost("ip", "link", "set", "outside", "name", strayed, "alias", "outside");
                Calls calls = calls(selector + IPAM);
                if (command == CniCommand.DEL) {
                    bed.del(calls.set("CNI_NETNS", "/run/netns/gone"));
                } else {
                    bed.add(calls);
                    assertThat(bed.containerLink("eth0").orElseThrow().alias())
                            .isEqualTo("outside");
                    bed.del(calls);
                }
                assertThatTheHostHasIt();
            }
        }
        bed.onHost("ip", "link", "set", "outside", "name", strayed, "alias", "outside");
        bed.gc(bed.gcCalls(config("1.1.0", DEVICE)));
        assertThatTheHostHasIt();
    }

    @Test
    void aliasThatPeopleWrote_isNoName() throws Exception {
        bed.onHost("ip", "link", "set", "outside", "alias", "uplink");
        bed.del(calls(", 'hwaddr': '" + mac() + "'").set("CNI_NETNS", ""));
        assertThat(bed.hostLink("outside").orElseThrow().alias()).isEqualTo("uplink");
    }

    @Test
    void death_whileItIsGivenBack_isMadeGoodByTheNextDel() throws Exception {
        Calls calls = calls(DEVICE + IPAM);
        bed.add(calls);
        bed.inContainer("ip", "link", "set", "eth0", "down");
        bed.inContainer(
                "ip",
                "link",
                "set",
                "eth0",
                "name",
                "outside",
                "alias",
                DeviceMove.leaving("eth0"));
        bed.del(calls.set("CNI_IFNAME", "net7"));
        assertThat(bed.containerLink("outside")).isPresent();
        bed.del(calls.set("CNI_IFNAME", "eth0"));
        assertThatTheHostHasIt();
    }

    @Test
    void deviceUnderItsOwnName_staysWhenAnotherAttachmentGoes() throws Exception {
        bed.onHost("ip", "link", "add", "nic0", "type", "veth", "peer", "name", "cable");
        Calls own = calls(DEVICE + IPAM).set("CNI_IFNAME", "outside");
        Calls other = calls(", 'device': 'nic0'").set("CNI_IFNAME", "net1");
        bed.add(own);
        bed.add(other);
        for (int i = 0; i < 2; i++) { // the second one finds nothing
            bed.del(other);
            assertThat(bed.hostLink("nic0")).isPresent();
            assertThat(bed.containerLink("outside")).isPresent();
        }
        Calls failing = calls(", 'device': 'nosuch'").set("CNI_IFNAME", "net1");
        assertThatThrownBy(() -> bed.add(failing)).isInstanceOf(CniException.class);
        bed.del(failing);
        bed.ping("192.0.2.2");

        bed.del(own);
        assertThatTheHostHasIt();
    }

    @Test
    void ipv6Address_ofADeviceWithoutCarrier_isNotWaitedFor() throws Exception {
        bed.onHost("ip", "link", "add", "nic0", "type", "veth", "peer", "name", "cable");
        Calls calls =
                calls(
                        ", 'device': 'nic0', 'ipam': {'type': 'static', 'addresses': [{'address':"
                                + " '2001:db8::2/64', 'gateway': '2001:db8::1'}]}");
        bed.add(calls);
        assertThat(bed.inContainer("ip", "-6", "-o", "address", "show", "dev", "eth0"))
                .contains("2001:db8::2/64")
                .contains("tentative");
        bed.del(calls);
        assertThat(bed.hostLink("nic0")).isPresent();
    }

    @Test
    void del_withoutNamespace_givesTheAddressesBack() throws Exception {
        bed.add(calls(DEVICE + IPAM));
        assertThat(reserved()).hasSize(1);
        bed.del(calls(DEVICE + IPAM).set("CNI_NETNS", ""));
        assertThat(reserved()).isEmpty();
        bed.del(calls(IPAM).set("CNI_NETNS", "/run/netns/gone"));
    }

    @Test
    void deviceThatIsNotThere_isAnErrorOfAddAndStatus() throws Exception {
        bed.status(calls(DEVICE));
        bed.status(calls("")); // the runtime names a device only for a container
        for (String keys : List.of(", 'device': 'nosuch'", ", 'hwaddr': '02:00:00:00:00:99'")) {
            assertThatThrownBy(() -> bed.add(calls(keys)))
                    .hasMessageStartingWith("failed to find host device: ");
            assertThatThrownBy(() -> bed.status(calls(keys)))
                    .isInstanceOfSatisfying(
                            CniException.class, e -> assertThat(e.code()).isEqualTo(50));
            bed.del(calls(keys));
        }
        assertThatThrownBy(() -> bed.add(calls("")))
                .hasMessage(
                        "specify either \"device\", \"hwaddr\", \"kernelpath\" or \"pciBusID\"");
    }

    @Test
    void check_noticesWhatIsDifferent() throws Exception {
        CniResult result = bed.add(calls(DEVICE + IPAM));
        Calls check = calls(DEVICE + IPAM).prevResult(result);
        bed.inContainer("ip", "link", "set", "eth0", "down");
        assertThatThrownBy(() -> bed.check(check)).hasMessage("Interface eth0 is down");
        bed.inContainer("ip", "link", "set", "eth0", "up", "address", "02:00:00:00:00:99");
        assertThatThrownBy(() -> bed.check(check))
                .hasMessageStartingWith("Interface eth0 Mac ")
                .hasMessageEndingWith(" doesn't match container Mac: 02:00:00:00:00:99");
        bed.inContainer("ip", "link", "set", "eth0", "name", "eth7");
        assertThatThrownBy(() -> bed.check(check))
                .hasMessage("Container Interface name in prevResult: eth0 not found");
    }
}
