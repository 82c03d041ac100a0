package dev.kakehashi.plugins.firewall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.plugins.Calls;
import dev.kakehashi.plugins.EchoServer;
import dev.kakehashi.plugins.PluginBed;
import dev.kakehashi.testing.KernelTest;
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
import java.util.Map;

/** Hosts that refuse to forward, with packets. */
@KernelTest
class FirewallPluginTest {

    /** Ways in which a host refuses to forward. */
    private static final Map<String, String> HOSTS =
            Map.of(
                    "policy",
                    "add table inet site; add chain inet site in_transit { type filter hook forward"
                            + " priority filter; policy drop; }",
                    "last rule",
                    "add table inet site; add chain inet site in_transit { type filter hook forward"
                            + " priority filter; }; add rule inet site in_transit meta l4proto igmp"
                            + " accept; add rule inet site in_transit counter reject",
                    "tables of one family",
                    "add table ip site; add chain ip site in_transit { type filter hook forward"
                            + " priority 10; policy drop; }; add table ip6 site; add chain ip6 site"
                            + " in_transit { type filter hook forward priority 10; policy drop; }");

    @TempDir Path data;
    @RegisterExtension final PluginBed bed = PluginBed.ofEachTest();
    private Netns outside;

    @BeforeEach
    void prepare() throws Exception {
        outside = bed.outside();
        TestNamespaces.run(outside, "ip", "route", "add", "10.88.0.0/16", "via", "192.0.2.1");
        TestNamespaces.run(
                outside, "ip", "-6", "route", "add", "2001:db8:88::/48", "via", "2001:db8:ff::1");
    }

    private void refuseByIptables() throws Exception {
        bed.onHost("iptables", "-P", "FORWARD", "DROP");
        bed.onHost("ip6tables", "-P", "FORWARD", "DROP");
        // Names that iptables takes and nft does not.
        for (String chain : List.of("1st", "site:rules")) {
            bed.onHost("iptables", "-N", chain);
            bed.onHost("iptables", "-A", "FORWARD", "-j", chain);
        }
    }

    private Calls bridge(String network, int number, String container, Netns netns) {
        String ranges =
                "[[{'subnet': '10.88.%d.0/24'}], [{'subnet': '2001:db8:88:%d::/64'}]]"
                        .formatted(number, number);
        return bed.calls(
                        ("{'cniVersion': '1.1.0', 'name': '%s', 'type': 'bridge', 'bridge': 'br%d',"
                                        + " 'isDefaultGateway': true, 'ipam': {'type': 'host-local', %s,"
                                        + " 'ranges': %s}}")
                                .formatted(network, number, PluginBed.dataDir(data), ranges))
                .container(container, "eth0")
                .set("CNI_NETNS", PluginBed.path(netns));
    }

    private static String config(String network, String keys) {
        return "{'cniVersion': '1.1.0', 'name': '%s', 'type': 'firewall', %s}"
                .formatted(network, keys);
    }

    private Calls firewall(String keys) {
        return bed.calls(config("net", keys)).set("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nowhere");
    }

    private static String backend(String name) {
        return "'backend': '" + name + "'";
    }

    private CniResult container() throws Exception {
        return bed.add(bridge("net", 1, "dummy", bed.container()));
    }

    private void assertReach(boolean out, boolean in) throws Exception {
        new Reach(bed.container(), outside).is(out, in);
    }

    private String rules() throws Exception {
        return bed.onHost("iptables-save", "-t", "filter")
                + bed.onHost("ip6tables-save", "-t", "filter")
                + bed.onHost("nft", "list", "ruleset");
    }

    @ParameterizedTest
    @ValueSource(strings = {"'backend': 'iptables'", "'backend': 'nftables'", "'backend': ''"})
    void hostWithIptables_forwardsWhatContainersAskFor_untilDel(String backend) throws Exception {
        refuseByIptables();
        CniResult result = container();
        assertReach(false, false);

        assertThat(bed.add(firewall(backend).prevResult(result))).isEqualTo(result);
        bed.check(firewall(backend).prevResult(result));
        assertReach(true, false);

        bed.del(firewall(backend).set("CNI_NETNS", ""));
        assertReach(false, false);
        assertThat(rules()).doesNotContain("10.88.1.2").doesNotContain("88:1::2");
        bed.del(firewall(backend));
    }

    @ParameterizedTest
    @ValueSource(strings = {"policy", "last rule", "tables of one family"})
    void hostWithNftables_forwardsWhatContainersAskFor_untilDel(String kind) throws Exception {
        bed.onHost("nft", HOSTS.getOrDefault(kind, ""));
        CniResult result = container();
        Calls calls = firewall(backend("nftables")).prevResult(result);
        assertReach(false, false);

        bed.add(calls);
        bed.add(
                firewall(backend("nftables"))
                        .container("other", "eth0")
                        .prevResult(CniResult.EMPTY));
        bed.check(calls);
        assertReach(true, false);

        bed.del(firewall(backend("nftables")).set("CNI_NETNS", ""));
        assertReach(false, false);
        assertThat(rules()).doesNotContain("10.88.1.2").doesNotContain("88:1::2");
        // What leads there stays, once.
        assertThat(rules().split("jump CNI-FORWARD comment", -1))
                .hasSize(kind.startsWith("tables") ? 3 : 2);
    }

    @ParameterizedTest
    @CsvSource({"iptables, iptables", "nftables, iptables", "nftables, nftables"})
    void administratorsChain_comesFirst(String backend, String host) throws Exception {
        if (host.equals("iptables")) {
            refuseByIptables();
        } else {
            bed.onHost("nft", HOSTS.getOrDefault("policy", ""));
        }
        CniResult result = container();
        String keys = backend(backend) + ", 'iptablesAdminChainName': 'SITE-RULES'";
        bed.add(firewall(keys).prevResult(result));
        if (backend.equals("nftables")) {
            bed.onHost("nft", "add rule inet kakehashi_firewall SITE-RULES tcp dport 80 drop");
        } else {
            bed.onHost("iptables", "-A", "SITE-RULES", "-p", "tcp", "--dport", "80", "-j", "DROP");
        }
        try (EchoServer _ = EchoServer.in(outside, 80, "outside")) {
            assertThat(EchoServer.tcpAtOnce(bed.container(), "192.0.2.2", 80)).isEmpty();
            assertThat(EchoServer.udp(bed.container(), "192.0.2.2", 80)).isPresent();
        }
    }

    /** The scenario of the reference's own test: two bridges, three containers. */
    @ParameterizedTest
    @CsvSource({
        "iptables, same-bridge",
        "iptables, isolated",
        "iptables, open",
        "nftables, same-bridge",
        "nftables, isolated",
        "nftables, open"
    })
    void ingressPolicy_keepsContainersApart(String backend, String policy) throws Exception {
        String keys = backend(backend) + ", 'ingressPolicy': '" + policy + "'";
        Netns second = bed.anotherContainer();
        Netns third = bed.anotherContainer();
        CniResult one = bed.add(bridge("foo", 3, "one", bed.container()));
        CniResult two = bed.add(bridge("foo", 3, "two", second));
        CniResult three = bed.add(bridge("bar", 4, "three", third));
        Calls first = bed.calls(config("foo", keys)).container("one", "eth0").prevResult(one);
        Calls other = bed.calls(config("foo", keys)).container("two", "eth0").prevResult(two);
        Calls last = bed.calls(config("bar", keys)).container("three", "eth0").prevResult(three);
        for (Calls calls : new Calls[] {first, other, last}) {
            bed.add(calls);
            bed.check(calls);
        }
        boolean apart = !policy.equals("open");
        assertThat(pings(bed.container(), "10.88.4.2")).isEqualTo(!apart);
        assertThat(pings(third, "10.88.3.2")).isEqualTo(!apart);
        assertThat(pings(third, "2001:db8:88:3::2")).isEqualTo(!apart);
        assertThat(pings(bed.container(), "192.0.2.2")).isTrue();
        boolean among = !policy.equals("isolated") || !bridgeNetfilter();
        assertThat(pings(bed.container(), "10.88.3.3")).isEqualTo(among);

        // With the last container of a network its bridge is no longer kept apart.
        bed.del(first);
        assertThat(pings(third, "10.88.3.3")).isEqualTo(!apart);
        bed.del(other);
        bed.check(last);
        assertThat(rules())
                .doesNotContain("\"br3\"")
                .doesNotContain("-i br3")
                .doesNotContain("-o br3");
        bed.del(last);
        assertThat(rules()).doesNotContain("br4");
    }

    private boolean bridgeNetfilter() throws Exception {
        return bed.onHost("sh", "-c", "cat /proc/sys/net/bridge/bridge-nf-call-iptables || echo 0")
                .strip()
                .endsWith("1");
    }

    private static boolean pings(Netns from, String address) throws Exception {
        try {
            TestNamespaces.run(from, "ping", "-n", "-c", "1", "-W", "1", address);
            return true;
        } catch (AssertionError e) {
            return false;
        }
    }

    @Test
    void ingressPolicy_needsABridge() throws Exception {
        assertThatThrownBy(() ->
                        bed.add(
                                firewall("'ingressPolicy': 'isolated'")
                                        .prevResult(CniResult.EMPTY)))
                .isInstanceOf(CniException.class)
                .hasMessage(
                        "interface needs to be set for ingress policy \"isolated\", make sure to chain"
                                + " \"firewall\" plugin with \"bridge\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"iptables", "nftables"})
    void gc_takesBackWhatIsNotValid(String backend) throws Exception {
        String keys = backend(backend) + ", 'ingressPolicy': 'same-bridge'";
        CniResult result = container();
        Calls living = firewall(keys).prevResult(result);
        bed.add(living);
        Netns another = bed.anotherContainer();
        CniResult lost = bed.add(bridge("net", 1, "lost", another));
        bed.add(firewall(keys).container("lost", "eth0").prevResult(lost));

        bed.gc(bed.gcCalls(config("net", keys), "dummy", "eth0"));
        bed.check(living);
        assertThat(rules()).doesNotContain("10.88.1.3").contains("10.88.1.2").contains("br1");

        bed.gc(bed.gcCalls(config("net", keys)));
        assertThat(rules()).doesNotContain("10.88.1.").doesNotContain("br1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"iptables", "nftables"})
    void check_seesWhatIsMissing(String backend) throws Exception {
        bed.onHost("nft", HOSTS.getOrDefault("policy", ""));
        CniResult result = container();
        Calls calls = firewall(backend(backend)).prevResult(result);
        bed.add(calls);
        if (backend.equals("iptables")) {
            bed.onHost("iptables", "-F", "CNI-FORWARD");
        } else {
            bed.onHost("nft", "flush chain inet site in_transit");
        }
        assertThatThrownBy(() -> bed.check(calls)).isInstanceOf(CniException.class);
        bed.add(calls);
        bed.check(calls);
    }

    @Test
    void status_tellsWhatIsMissing() throws Exception {
        bed.status(firewall(backend("")));
        bed.status(firewall(backend("nftables")));
        assertThatThrownBy(() -> bed.status(firewall(backend("firewalld"))))
                .isInstanceOfSatisfying(CniException.class, e -> assertThat(e.code()).isEqualTo(50))
                .hasMessage("containers cannot be admitted: firewalld does not run");
    }

    @Test
    void add_withoutPreviousResult_isRefused() {
        assertThatThrownBy(() -> bed.add(firewall(backend("nftables"))))
                .isInstanceOf(CniException.class)
                .hasMessageStartingWith("missing prevResult from earlier plugin");
    }
}
