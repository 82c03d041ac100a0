package dev.kakehashi.plugins.vrf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.CniVersion;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.plugins.Calls;
import dev.kakehashi.plugins.PluginBed;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.RequiresFeature;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;

@KernelTest
@RequiresFeature("vrf")
class VrfPluginTest {

    @RegisterExtension final PluginBed bed = PluginBed.ofEachTest();

    /** Attaches an interface: 10.1.N.2 and 2001:db8:N::2 with default routes. */
    private CniResult attach(String ifName, int n) throws Exception {
        return bed.add(
                bed.calls(
                                """
                                {'cniVersion': '1.1.0', 'name': 'net', 'type': 'bridge',
                                 'bridge': 'br%1$d', 'isGateway': true, 'ipam': {'type': 'static',
                                 'addresses': [{'address': '10.1.%1$d.2/24', 'gateway': '10.1.%1$d.1'},
                                 {'address': '2001:db8:%1$d::2/64', 'gateway': '2001:db8:%1$d::1'}],
                                 'routes': [{'dst': '0.0.0.0/0'}, {'dst': '::/0'}]}}
                                """
                                        .formatted(n))
                        .container("dummy", ifName));
    }

    private Calls calls(String version, String ifName, CniResult previous, String keys) {
        return bed.calls(
                        "{'cniVersion': '%s', 'name': 'net', 'type': 'vrf', %s}"
                                .formatted(version, keys))
                .container("dummy", ifName)
                .prevResult(previous);
    }

    private List<String> in(String... command) throws Exception {
        return bed.inContainer(command).lines().map(String::strip).toList();
    }

    static List<CniVersion> versions() {
        return CniVersion.since(CniVersion.V0_3_1);
    }

    @ParameterizedTest
    @MethodSource("versions")
    void add_movesInterfaceAndRoutes_delRemovesTheVrfWithTheLast(CniVersion version)
            throws Exception {
        CniResult eth0 = attach("eth0", 1);
        CniResult eth1 = attach("eth1", 2);
        bed.inContainer("ip", "route", "add", "198.51.100.0/24", "via", "10.1.1.9");
        bed.inContainer("ip", "route", "add", "203.0.113.0/24", "via", "10.1.2.9");
        Calls first = calls(version.toString(), "eth0", eth0, "'vrfname': 'blue'");
        Calls second = calls(version.toString(), "eth1", eth1, "'vrfname': 'blue'");

        CniResult result = bed.add(first);

        assertThat(result.ips()).hasSize(2);
        assertThat(bed.inContainer("ip", "-d", "link", "show", "blue"))
                .contains("vrf table 1")
                .contains("UP");
        assertThat(in("ip", "-4", "route", "show", "vrf", "blue"))
                .anyMatch(route -> route.startsWith("default via 10.1.1.1 dev eth0"))
                .anyMatch(route -> route.startsWith("198.51.100.0/24 via 10.1.1.9 dev eth0"))
                .anyMatch(route -> route.startsWith("10.1.1.0/24 dev eth0"))
                .noneMatch(route -> route.startsWith("203.0.113.0/24"));
        assertThat(in("ip", "-6", "route", "show", "vrf", "blue"))
                .anyMatch(route -> route.startsWith("default via 2001:db8:1::1 dev eth0"))
                .anyMatch(route -> route.startsWith("2001:db8:1::/64 dev eth0"));
        assertThat(in("ip", "-4", "route", "show", "dev", "eth0", "table", "main")).isEmpty();
        bed.inContainer("ping", "-n", "-c", "1", "-W", "5", "-I", "blue", "10.1.1.1");
        bed.inContainer("ping", "-n", "-c", "1", "-W", "5", "-I", "blue", "2001:db8:1::1");
        bed.add(second);
        if (version.atLeast(CniVersion.V0_4_0)) {
            bed.check(first);
            bed.check(second);
        }

        bed.del(first);

        assertThat(bed.containerLink("blue")).isPresent();
        if (version.atLeast(CniVersion.V0_4_0)) {
            assertThatThrownBy(() -> bed.check(first))
                    .hasMessage("failed to find eth0 associated to vrf blue");
        }
        bed.del(second);
        assertThat(bed.containerLink("blue")).isEmpty();
        bed.del(second);
    }

    @Test
    void twoVrfs_mayHaveTheSameAddresses() throws Exception {
        bed.add(calls("1.1.0", "eth0", attach("eth0", 1), "'vrfname': 'blue'"));
        CniResult other =
                bed.add(
                        bed.calls(
                                        "{'cniVersion': '1.1.0', 'name': 'net', 'type': 'bridge',"
                                                + " 'bridge': 'br7', 'ipam': {'type': 'static',"
                                                + " 'addresses': [{'address': '10.1.1.2/24',"
                                                + " 'gateway': '10.1.1.1'}]}}")
                                .container("dummy", "eth1"));
        bed.add(calls("1.1.0", "eth1", other, "'vrfname': 'red', 'table': 1001"));
        assertThat(in("ip", "-4", "route", "show", "vrf", "red"))
                .anyMatch(route -> route.startsWith("10.1.1.0/24 dev eth1"));
        assertThat(in("ip", "-4", "route", "show", "vrf", "blue"))
                .anyMatch(route -> route.startsWith("10.1.1.0/24 dev eth0"));
    }

    @Test
    void routesWithSeveralNextHops_areMoved() throws Exception {
        CniResult eth0 = attach("eth0", 1);
        bed.inContainer(
                "ip",
                "-6",
                "route",
                "add",
                "2001:db8:99::/64",
                "nexthop",
                "via",
                "2001:db8:1::8",
                "nexthop",
                "via",
                "2001:db8:1::9");
        bed.inContainer(
                "ip",
                "route",
                "add",
                "203.0.113.0/24",
                "nexthop",
                "via",
                "10.1.1.8",
                "nexthop",
                "via",
                "10.1.1.9");
        bed.add(calls("1.1.0", "eth0", eth0, "'vrfname': 'blue'"));
        assertThat(bed.inContainer("ip", "-6", "route", "show", "vrf", "blue"))
                .contains("2001:db8:1::8", "2001:db8:1::9");
        assertThat(bed.inContainer("ip", "route", "show", "vrf", "blue"))
                .contains("nexthop via 10.1.1.8", "nexthop via 10.1.1.9");
    }

    @Test
    void table_mustBeThatOfTheVrf() throws Exception {
        CniResult eth0 = attach("eth0", 1);
        CniResult eth1 = attach("eth1", 2);
        bed.add(calls("1.1.0", "eth0", eth0, "'vrfname': 'blue', 'table': 1001"));
        assertThatThrownBy(() ->
                        bed.add(calls("1.1.0", "eth1", eth1, "'vrfname': 'blue', 'table': 1002")))
                .hasMessage(
                        "cmdAdd failed: VRF blue already exist with different routing table 1001");
        bed.add(calls("1.1.0", "eth1", eth1, "'vrfname': 'blue', 'table': 1001"));
        assertThat(bed.containerLink("eth1").orElseThrow().master())
                .isEqualTo(bed.containerLink("blue").orElseThrow().index());
    }

    @Test
    void add_thatFails_leavesTheInterfaceAsItWas() throws Exception {
        CniResult eth0 = attach("eth0", 1);
        bed.inContainer("ip", "link", "add", "br0", "type", "bridge");
        assertThatThrownBy(() -> bed.add(calls("1.1.0", "eth0", eth0, "'vrfname': 'br0'")))
                .hasMessage("cmdAdd failed: Netlink br0 is not a VRF");
        bed.inContainer("ip", "link", "set", "eth0", "master", "br0");
        assertThatThrownBy(() -> bed.add(calls("1.1.0", "eth0", eth0, "'vrfname': 'blue'")))
                .hasMessage("cmdAdd failed: interface eth0 has already a master set: br0");
        assertThatThrownBy(() -> bed.add(calls("1.1.0", "eth9", eth0, "'vrfname': 'blue'")))
                .hasMessage("cmdAdd failed: could not get link by name eth9");
        assertThat(bed.containerLink("blue")).isEmpty();
    }

    @Test
    void nameWithHalfASurrogatePair_isOneNameForAddAndDel() throws Exception {
        CniResult eth0 = attach("eth0", 1);
        Calls calls = calls("1.1.0", "eth0", eth0, "'vrfname': '\\ud800'");
        bed.add(calls);
        assertThat(bed.containerLink("\ufffd")).isPresent();
        bed.del(calls);
        assertThat(bed.containerLink("\ufffd")).isEmpty();
    }

    @Test
    void del_whenNamespaceOrInterfaceIsGone_succeeds() throws Exception {
        CniResult eth0 = attach("eth0", 1);
        Calls calls = calls("1.1.0", "eth0", eth0, "'vrfname': 'blue'");
        bed.add(calls);
        bed.inContainer("ip", "link", "delete", "eth0");
        bed.del(calls);
        assertThat(bed.containerLink("blue")).isEmpty();
        bed.del(calls("1.1.0", "eth0", eth0, "'vrfname': 'blue'").set("CNI_NETNS", ""));
        bed.del(calls("1.1.0", "eth0", eth0, "'vrfname': 'blue'").set("CNI_NETNS", "/run/netns/-"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'x': 1",
                "'vrfname': ''",
                "'vrfname': 'a/b'",
                "'vrfname': 'v', 'table': -1"
            })
    void badConfiguration_isRefused(String keys) {
        assertThatThrownBy(() -> bed.add(calls("1.1.0", "eth0", CniResult.EMPTY, keys)))
                .isInstanceOf(CniException.class);
    }
}
