package dev.kakehashi.plugins.vlan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.result.CniInterface;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.Vlan;
import dev.kakehashi.plugins.Calls;
import dev.kakehashi.plugins.PluginBed;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.RequiresFeature;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The node at the other end of "outside" is in VLAN 100 as 10.1.2.1. */
@KernelTest
@RequiresFeature("vlan")
class VlanPluginTest {

    private static final String ON_IT = ", 'master': 'outside', 'vlanId': 100";

    @TempDir Path data;
    @RegisterExtension final PluginBed bed = PluginBed.ofEachTest();

    @BeforeEach
    void prepare() throws Exception {
        Netns node = bed.outside();
        TestNamespaces.run(
                node, "ip", "link", "add", "v100", "link", "up0", "type", "vlan", "id", "100");
        TestNamespaces.run(node, "ip", "address", "add", "10.1.2.1/24", "dev", "v100");
        TestNamespaces.run(node, "ip", "link", "set", "v100", "up");
    }

    private static String config(String version, String keys) {
        return "{'cniVersion': '%s', 'name': 'mynet', 'type': 'vlan'%s}".formatted(version, keys);
    }

    private Calls calls(String keys) {
        return bed.calls(config("1.1.0", keys + hostLocal()));
    }

    private String hostLocal() {
        return ", 'ipam': {'type': 'host-local', %s, 'ranges': [[{'subnet': '10.1.2.0/24'}]]}"
                .formatted(PluginBed.dataDir(data));
    }

    private Link eth0() throws Exception {
        return bed.containerLink("eth0").orElseThrow();
    }

    private List<String> reserved() {
        String[] names = data.resolve("mynet").toFile().list();
        return names == null ? List.of() : Stream.of(names).filter(n -> n.contains("10.")).toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.2.0", "0.4.0", "1.0.0", "1.1.0"})
    void add_connectsToTheVlan_andDelRemoves(String version) throws Exception {
        Calls calls = bed.calls(config(version, ON_IT + ", 'mtu': 1400" + hostLocal()));
        CniResult result = bed.add(calls);
        assertThat(eth0().kind()).contains(Vlan.of(100));
        assertThat(eth0().mtu()).isEqualTo(1400);
        assertThat(eth0().alias()).isEqualTo("kakehashi:mynet/dummy/eth0");
        if (!result.interfaces().isEmpty()) {
            assertThat(result.interfaces())
                    .containsExactly(
                            CniInterface.inContainer(
                                    "eth0",
                                    eth0().mac().map(MacAddress::toString).orElseThrow(),
                                    PluginBed.path(bed.container())));
        }
        bed.ping("10.1.2.1");
        if (!version.equals("0.2.0")) {
            bed.check(calls.prevResult(result));
        }
        bed.del(calls);
        bed.del(calls);
        assertThat(bed.containerLink("eth0")).isEmpty();
        assertThat(reserved()).isEmpty();
        bed.add(calls); // the VLAN is free as soon as DEL returns
        assertThat(eth0().mtu()).isEqualTo(1400);
    }

    @Test
    void mtu_isTheMastersUnlessGiven() throws Exception {
        bed.onHost("ip", "link", "set", "outside", "mtu", "1450");
        bed.add(calls(ON_IT));
        assertThat(eth0().mtu()).isEqualTo(1450);
    }

    @Test
    void linkInContainer_buildsOnTheContainersInterface() throws Exception {
        bed.inContainer("ip", "link", "add", "net1", "type", "veth", "peer", "name", "net2");
        bed.inContainer("ip", "link", "set", "net1", "up");
        Calls calls = calls(", 'master': 'net1', 'vlanId': 7, 'linkInContainer': true");
        CniResult result = bed.add(calls);
        assertThat(eth0().parent()).isEqualTo(bed.containerLink("net1").orElseThrow().index());
        bed.check(calls.prevResult(result));
        bed.del(calls);
        assertThat(bed.containerLink("net1")).isPresent();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            textBlock =
                    """
                    , 'master': 'nosuch', 'vlanId': 5              | failed to lookup master "nosuch": Link not found
                    , 'master': 'outside', 'vlanId': 5, 'mtu': 1501 | invalid MTU 1501, must be [0, master MTU(1500)]
                    , 'master': 'outside', 'vlanId': 5, 'mtu': -1  | invalid MTU -1, must be [0, master MTU(1500)]
                    """)
    void add_ofWhatCannotBe_leavesNothing(String keys, String message) throws Exception {
        assertThatThrownBy(() -> bed.add(calls(keys)))
                .isInstanceOf(CniException.class)
                .hasMessageStartingWith(message);
        assertThat(bed.containerLink("eth0")).isEmpty();
        assertThat(reserved()).isEmpty();
        bed.del(calls(keys));
    }

    @Test
    void vlanThatIsTaken_isAnError() throws Exception {
        CniResult result = bed.add(calls(ON_IT));
        Netns other = bed.anotherContainer();
        assertThatThrownBy(() ->
                        bed.add(
                                calls(ON_IT)
                                        .container("other", "eth0")
                                        .set("CNI_NETNS", PluginBed.path(other))))
                .hasMessageStartingWith("failed to create vlan: ")
                .hasMessageContaining("EEXIST");
        assertThat(reserved()).hasSize(1);
        bed.check(calls(ON_IT).prevResult(result));
    }

    @Test
    void del_needsNeitherNamespaceNorMaster() throws Exception {
        bed.add(calls(ON_IT));
        bed.onHost("ip", "link", "delete", "outside"); // takes the VLAN with it
        bed.del(calls(ON_IT));
        assertThat(reserved()).isEmpty();
        bed.del(calls(ON_IT).set("CNI_NETNS", "/run/netns/gone"));
        bed.del(calls("").set("CNI_NETNS", ""));
    }

    @Test
    void check_noticesWhatIsDifferent() throws Exception {
        CniResult result = bed.add(calls(ON_IT));
        assertThatThrownBy(() -> bed.check(calls(ON_IT)))
                .hasMessage("vlan: Required prevResult missing");
        assertThatThrownBy(() -> bed.check(calls(ON_IT.replace("100", "101")).prevResult(result)))
                .hasMessage("vlan: Interface eth0 is VLAN 100, not 101");
        assertThatThrownBy(() -> bed.check(calls(ON_IT + ", 'mtu': 1400").prevResult(result)))
                .hasMessage("vlan: the MTU of eth0 is 1500, not 1400");
        bed.inContainer("ip", "link", "set", "eth0", "down");
        assertThatThrownBy(() -> bed.check(calls(ON_IT).prevResult(result)))
                .hasMessage("vlan: Interface eth0 is down");
        bed.inContainer("ip", "link", "delete", "eth0");
        assertThatThrownBy(() -> bed.check(calls(ON_IT).prevResult(result)))
                .hasMessage("vlan: Container Interface name in prevResult: eth0 not found");
    }

    @Test
    void status_looksForTheMaster() throws Exception {
        bed.status(calls(ON_IT));
        assertThatThrownBy(() -> bed.status(calls(", 'master': 'nosuch', 'vlanId': 5")))
                .isInstanceOfSatisfying(
                        CniException.class, e -> assertThat(e.code()).isEqualTo(51));
    }
}
