package dev.kakehashi.plugins.sbr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.CniVersion;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.plugins.Calls;
import dev.kakehashi.plugins.PluginBed;
import dev.kakehashi.testing.KernelTest;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.List;

/** A container with two interfaces, of which eth0 has the default route, and eth1 comes by sbr. */
@KernelTest
class SbrPluginTest {

    private static final String SECOND =
            "10.2.0.2/24', 'gateway': '10.2.0.1'}, {'address': '2001:db8:2::2/64";

    @RegisterExtension final PluginBed bed = PluginBed.ofEachTest();
    private CniResult eth1;

    @BeforeEach
    void prepare() throws Exception {
        bed.add(bed.calls(bridge("br0", "10.1.0.2/24", "10.1.0.1", "2001:db8:1::2/64")));
        eth1 = attach(SECOND);
    }

    private CniResult attach(String addresses) throws Exception {
        return bed.add(second(addresses));
    }

    private Calls second(String addresses) {
        return bed.calls(
                        """
                        {'cniVersion': '1.1.0', 'name': 'second', 'type': 'bridge',
                         'bridge': 'br1', 'isGateway': true, 'ipam': {'type': 'static',
                         'addresses': [{'address': '%s', 'gateway': '2001:db8:2::1'}],
                         'routes': [{'dst': '10.9.0.0/16'}]}}
                        """
                                .formatted(addresses))
                .container("dummy", "eth1");
    }

    private static String bridge(String name, String v4, String gateway, String v6) {
        return """
        {'cniVersion': '1.1.0', 'name': 'first', 'type': 'bridge', 'bridge': '%s',
         'isDefaultGateway': true, 'ipam': {'type': 'static', 'addresses':
         [{'address': '%s', 'gateway': '%s'}, {'address': '%s', 'gateway': '2001:db8:1::1'}]}}
        """
                .formatted(name, v4, gateway, v6);
    }

    private Calls calls(String version, String keys) {
        return bed.calls(
                        "{'cniVersion': '%s', 'name': 'second', 'type': 'sbr'%s}"
                                .formatted(version, keys.isEmpty() ? "" : ", " + keys))
                .container("dummy", "eth1")
                .prevResult(eth1);
    }

    /** The kernel joins IPv6 routes to one destination: what two routers announce, for example. */
    @Test
    void routeWithSeveralNextHops_leavesTheMainTable() throws Exception {
        bed.inContainer(
                ("ip -6 route add 2001:db8:9::/48 nexthop via 2001:db8:2::1 dev eth1 weight 2"
                                + " nexthop via 2001:db8:2::fe dev eth1")
                        .split(" "));
        bed.inContainer(
                ("ip route add 10.8.0.0/16 nexthop via 10.2.0.1 dev eth1 weight 1 nexthop via"
                                + " 10.2.0.254 dev eth1 weight 3")
                        .split(" "));
        bed.inContainer( // this one is of both interfaces
                ("ip route add 10.7.0.0/16 nexthop via 10.1.0.1 dev eth0 nexthop via 10.2.0.1 dev"
                                + " eth1")
                        .split(" "));

        bed.add(calls("1.1.0", ""));

        assertThat(in("ip", "-6", "route", "show", "table", "main"))
                .noneMatch(line -> line.contains("2001:db8:9::/48"));
        assertThat(in("ip", "-6", "route", "show", "table", "101").toString())
                .contains("2001:db8:9::/48")
                .contains("nexthop via 2001:db8:2::1 dev eth1 weight 2")
                .contains("nexthop via 2001:db8:2::fe dev eth1 weight 1");
        assertThat(in("ip", "route", "show", "table", "main"))
                .noneMatch(line -> line.contains("10.8.0.0/16"))
                .anyMatch(line -> line.contains("10.7.0.0/16"));
        assertThat(in("ip", "route", "show", "table", "100").toString())
                .contains("10.8.0.0/16")
                .contains("nexthop via 10.2.0.1 dev eth1 weight 1")
                .contains("nexthop via 10.2.0.254 dev eth1 weight 3");
    }

    private List<String> in(String... command) throws Exception {
        return bed.inContainer(command).lines().map(String::strip).toList();
    }

    @Test
    void checkOfTheMainPlugin_findsItsRoutesInTheTables() throws Exception {
        Calls main = second(SECOND).prevResult(eth1);
        bed.check(main);
        bed.add(calls("1.1.0", ""));
        bed.check(main);

        bed.inContainer("ip", "route", "delete", "10.9.0.0/16", "table", "100");
        assertThatThrownBy(() -> bed.check(main)).hasMessageContaining("Dst:10.9.0.0/16");
    }

    static List<CniVersion> versions() {
        return CniVersion.ALL;
    }

    @ParameterizedTest
    @MethodSource("versions")
    void add_givesEachAddressItsTable_delRemovesTheRules(CniVersion version) throws Exception {
        List<String> rules4 = in("ip", "-4", "rule");
        List<String> rules6 = in("ip", "-6", "rule");
        Calls calls = calls(version.toString(), "");

        CniResult result = bed.add(calls);

        assertThat(result.ips()).hasSize(2);
        assertThat(in("ip", "-4", "rule")).contains("32765:\tfrom 10.2.0.2 lookup 100 proto 75");
        assertThat(in("ip", "-6", "rule"))
                .contains("32765:\tfrom 2001:db8:2::2 lookup 101 proto 75");
        assertThat(in("ip", "-4", "route", "show", "table", "100"))
                .containsExactly(
                        "default via 10.2.0.1 dev eth1 proto 75",
                        "10.2.0.0/24 dev eth1 proto 75 scope link src 10.2.0.2",
                        "10.9.0.0/16 via 10.2.0.1 dev eth1 proto 75");
        assertThat(in("ip", "-6", "route", "show", "table", "101"))
                .anyMatch(line -> line.startsWith("default via 2001:db8:2::1 dev eth1"))
                .anyMatch(line -> line.startsWith("2001:db8:2::/64 dev eth1"));
        assertThat(in("ip", "-4", "route"))
                .containsExactly(
                        "default via 10.1.0.1 dev eth0 proto 75",
                        "10.1.0.0/24 dev eth0 proto kernel scope link src 10.1.0.2");
        assertThat(in("ip", "-6", "route", "show", "dev", "eth1"))
                .allMatch(line -> line.startsWith("fe80::"));
        assertThat(bed.inContainer("ip", "route", "get", "192.0.2.7", "from", "10.2.0.2"))
                .contains("via 10.2.0.1 dev eth1");
        assertThat(bed.inContainer("ip", "route", "get", "192.0.2.7", "from", "10.1.0.2"))
                .contains("via 10.1.0.1 dev eth0");
        bed.inContainer("ping", "-n", "-c", "1", "-W", "2", "-I", "10.2.0.2", "10.2.0.1");
        bed.inContainer("ping", "-n", "-c", "1", "-W", "2", "-I", "2001:db8:2::2", "2001:db8:2::1");
        if (version.atLeast(CniVersion.V0_4_0)) {
            bed.check(calls);
        }

        bed.del(calls);

        assertThat(in("ip", "-4", "rule")).isEqualTo(rules4);
        assertThat(in("ip", "-6", "rule")).isEqualTo(rules6);
        bed.del(calls);
    }

    @Test
    void severalAddresses_haveTablesOfTheirOwn_withoutThoseInUse() throws Exception {
        bed.inContainer("ip", "route", "add", "blackhole", "10.99.0.0/16", "table", "100");
        bed.inContainer("ip", "rule", "add", "from", "10.99.0.1", "lookup", "102");
        bed.del(
                bed.calls(bridge("br1", "10.2.0.2/24", "10.2.0.1", "::/0"))
                        .container("dummy", "eth1"));
        eth1 =
                attach(
                        "10.2.0.2/24', 'gateway': '10.2.0.1'}, {'address': '10.2.0.3/24', 'gateway':"
                                + " '10.2.0.1'}, {'address': '2001:db8:2::2/64");

        bed.add(calls("1.1.0", ""));

        assertThat(in("ip", "-4", "rule"))
                .anyMatch(rule -> rule.contains("from 10.2.0.2 lookup 101"))
                .anyMatch(rule -> rule.contains("from 10.2.0.3 lookup 103"));
        assertThat(in("ip", "-6", "rule"))
                .anyMatch(rule -> rule.contains("from 2001:db8:2::2 lookup 104"));
        for (String table : List.of("101", "103")) {
            assertThat(in("ip", "-4", "route", "show", "table", table))
                    .anyMatch(route -> route.startsWith("default via 10.2.0.1"));
        }
        assertThat(in("ip", "-4", "route", "show", "dev", "eth1")).isEmpty();
    }

    @Test
    void table_onlyRulesAreMade() throws Exception {
        List<String> routes = routes();
        Calls calls = calls("1.1.0", "'table': 5000");
        bed.add(calls);
        assertThat(in("ip", "-4", "rule")).contains("32765:\tfrom 10.2.0.2 lookup 5000 proto 75");
        assertThat(routes()).isEqualTo(routes);
        bed.check(calls);
        bed.inContainer("ip", "rule", "add", "from", "10.2.0.2", "lookup", "5001");

        bed.del(calls);

        assertThat(bed.inContainer("ip", "rule"))
                .contains("lookup 5001")
                .doesNotContain("lookup 5000");
    }

    /**
     * All but those of the table local, which follow from addresses, of IPv6 once they are settled.
     */
    private List<String> routes() throws Exception {
        return in("ip", "route", "show", "table", "all").stream()
                .filter(route -> !route.contains(" table local "))
                .toList();
    }

    @Test
    void gateways_ofTheConfigurationCount() throws Exception {
        Calls calls = calls("1.1.0", "'gateways': ['10.2.0.254', '2001:db8:2::fe']");
        bed.add(calls);
        assertThat(in("ip", "-4", "route", "show", "table", "100"))
                .contains("default via 10.2.0.254 dev eth1 proto 75");
        assertThat(bed.inContainer("ip", "-6", "route", "show", "table", "101"))
                .contains("default via 2001:db8:2::fe dev eth1");
        bed.check(calls);
    }

    @Test
    void addSourceHints_leavesTheSubnetInTheMainTable() throws Exception {
        bed.inContainer("ip", "route", "add", "198.51.100.0/24", "via", "10.2.0.9");
        bed.add(calls("1.1.0", "'addSourceHints': true"));
        assertThat(in("ip", "-4", "route", "show", "dev", "eth1"))
                .containsExactly("10.2.0.0/24 proto kernel scope link src 10.2.0.2");
        assertThat(in("ip", "-4", "route", "show", "table", "100"))
                .contains("198.51.100.0/24 via 10.2.0.9 dev eth1 proto 75");
    }

    @Test
    void check_noticesWhatIsMissing() throws Exception {
        Calls calls = calls("1.1.0", "");
        assertThatThrownBy(() -> bed.check(calls))
                .hasMessage("sbr: no rule for packets from 10.2.0.2");
        bed.add(calls);
        bed.check(calls);
        bed.inContainer("ip", "route", "delete", "default", "table", "100");
        assertThatThrownBy(() -> bed.check(calls))
                .hasMessage("sbr: no default route via 10.2.0.1 in table 100");
    }

    @Test
    void add_thatFails_leavesAllAsItWas() throws Exception {
        List<String> before = routes();
        List<String> rules = in("ip", "rule");
        Calls calls = calls("1.1.0", "'gateways': ['192.0.2.1']");
        assertThatThrownBy(() -> bed.add(calls)).isInstanceOf(CniException.class);
        assertThat(routes()).isEqualTo(before);
        assertThat(in("ip", "rule")).isEqualTo(rules);
    }

    @Test
    void del_whenNamespaceOrInterfaceIsGone_succeeds() throws Exception {
        Calls calls = calls("1.1.0", "");
        bed.add(calls);
        bed.inContainer("ip", "link", "delete", "eth1");
        bed.del(calls);
        assertThat(bed.inContainer("ip", "rule")).doesNotContain("10.2.0.2");
        bed.del(calls("1.1.0", "").set("CNI_NETNS", ""));
        bed.del(calls("1.1.0", "").set("CNI_NETNS", "/run/netns/no-such-namespace"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'gateways': ['10.0.0.1', '::1', '10.0.0.2'] | gateways list cannot contain more than 2"
                        + " entries (one IPv4, one IPv6)",
                "'gateways': ['10.0.0.1', '10.0.0.2'] | gateways list contains multiple IPv4 addresses:"
                        + " 10.0.0.1 and 10.0.0.2",
                "'gateways': ['::1', '::2'] | gateways list contains multiple IPv6 addresses: ::1 and"
                        + " ::2",
                "'gateways': ['x'] | invalid static gateway IP address: x",
                "'table': 0 | invalid routing table 0",
                "'table': 'x' | table"
            })
    void badConfiguration_isRefused(String keys, String text) {
        assertThatThrownBy(() -> bed.add(calls("1.1.0", keys))).hasMessageContaining(text);
    }

    @Test
    void withoutPreviousResultOrAddresses_isRefused() {
        assertThatThrownBy(() ->
                        bed.add(bed.calls("{'cniVersion': '1.1.0', 'name': 'n', 'type': 'sbr'}")))
                .hasMessageStartingWith("This plugin must be called as chained plugin");
        assertThatThrownBy(() -> bed.add(calls("1.1.0", "").prevResult(CniResult.EMPTY)))
                .hasMessage("No IP addresses supplied on interface: eth1");
        assertThatThrownBy(() -> bed.add(calls("1.1.0", "").container("dummy", "eth9")))
                .isInstanceOf(CniException.class);
    }
}
