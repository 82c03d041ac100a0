package dev.kakehashi.plugins.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.plugins.Calls;
import dev.kakehashi.plugins.PluginBed;
import dev.kakehashi.testing.KernelTest;

import org.junit.jupiter.api.Test;

import java.util.List;

/** What single keys of a configuration do to ports, bridge and container. */
@KernelTest
class BridgeKeysTest extends BridgeBed {
    @Test
    void add_hairpinIsolationAndPromiscuous_areSet() throws Exception {
        CniResult hairpin = bed.add(calls("1.0.0", ", 'hairpinMode': true, 'portIsolation': true"));
        assertThat(hostEnd(bed, hairpin).bridgePort().orElseThrow().hairpin()).contains(true);
        assertThat(hostEnd(bed, hairpin).bridgePort().orElseThrow().isolated()).contains(true);
        assertThat(bed.hostLink("bridge0").orElseThrow().isPromiscuous()).isFalse();
        CniResult promiscuous =
                bed.add(calls("1.0.0", ", 'promiscMode': true").container("b", "eth1"));
        assertThat(bed.hostLink("bridge0").orElseThrow().isPromiscuous()).isTrue();
        assertThat(hostEnd(bed, promiscuous).bridgePort().orElseThrow().hairpin()).contains(false);
    }

    @Test
    void portIsolation_keepsContainersFromEachOther() throws Exception {
        String keys = ", 'isGateway': true, 'portIsolation': %s" + hostLocal(V4);
        var other = bed.anotherContainer();
        bed.add(calls("1.0.0", keys.formatted("false")));
        Calls second =
                calls("1.0.0", keys.formatted("false"))
                        .container("b", "eth0")
                        .set("CNI_NETNS", PluginBed.path(other));
        bed.add(second);
        bed.ping("10.1.2.3");
        bed.del(second);
        bed.del(calls("1.0.0", keys.formatted("false")));
        bed.add(calls("1.0.0", keys.formatted("true")));
        bed.add(
                calls("1.0.0", keys.formatted("true"))
                        .container("c", "eth0")
                        .set("CNI_NETNS", PluginBed.path(other)));
        bed.ping("10.1.2.1");
        assertThatThrownBy(() -> bed.ping("10.1.2.5")).isInstanceOf(AssertionError.class);
    }

    @Test
    void add_explicitMac_isTheContainers() throws Exception {
        CniResult result =
                bed.add(
                        calls("1.0.0", ", 'runtimeConfig': {'mac': 'c2:11:22:33:44:55'}")
                                .set("CNI_ARGS", "MAC=c2:11:22:33:44:66"));
        assertThat(result.interfaces().get(2).mac()).isEqualTo("c2:11:22:33:44:55");
        assertThat(mac(bed.containerLink("eth0").orElseThrow())).isEqualTo("c2:11:22:33:44:55");
    }

    @Test
    void add_hostInterfaceName_isTheHostEnds() throws Exception {
        Calls calls = calls("1.0.0", ", 'args': {'cni': {'hostInterfaceName': 'web'}}");
        CniResult result = bed.add(calls);
        assertThat(result.interfaces().get(1).name()).isEqualTo("web");
        assertThat(bed.hostLink("web")).isPresent();
        assertThatThrownBy(() ->
                        bed.add(
                                calls("1.0.0", ", 'hostInterfaceName': 'web'")
                                        .container("b", "eth1")))
                .as("taken by another container")
                .hasMessageContaining("web");
        bed.del(calls);
        assertThat(bed.hostLink("web")).isEmpty();
        assertThat(bed.containerLink("eth0")).isEmpty();
    }

    /** A bridge without an address of its own takes the lowest of its ports'. */
    @Test
    void bridgeMac_staysWhenPortsComeAndGo() throws Exception {
        for (boolean made : List.of(true, false)) {
            if (made) {
                bed.onHost("ip", "link", "add", "bridge0", "type", "bridge");
            }
            Calls first =
                    calls("1.0.0", ", 'isGateway': true" + hostLocal(V4)).container("a", "eth0");
            bed.add(first);
            String mac = mac(bed.hostLink("bridge0").orElseThrow());
            Calls second =
                    calls("1.0.0", ", 'isGateway': true" + hostLocal(V4)).container("b", "eth1");
            bed.add(second);
            bed.onHost("ip", "link", "add", "p0", "type", "veth", "peer", "name", "p1");
            bed.onHost(
                    "ip", "link", "set", "p0", "address", "02:00:00:00:00:01", "master", "bridge0");
            assertThat(mac(bed.hostLink("bridge0").orElseThrow())).isEqualTo(mac);
            bed.del(first);
            bed.onHost("ip", "link", "delete", "p0");
            assertThat(mac(bed.hostLink("bridge0").orElseThrow())).isEqualTo(mac);
            bed.del(second);
            bed.onHost("ip", "link", "delete", "bridge0");
        }
    }

    @Test
    void gatewayAddress_thatContradicts_isRefusedUnlessForced() throws Exception {
        bed.onHost("ip", "link", "add", "bridge0", "type", "bridge");
        bed.onHost("ip", "address", "add", "192.168.7.1/24", "dev", "bridge0");
        String keys = ", 'isGateway': true" + hostLocal(V4);
        assertThatThrownBy(() -> bed.add(calls("1.0.0", keys)))
                .isInstanceOf(CniException.class)
                .hasMessageContaining(
                        "\"bridge0\" already has an IP address different from 10.1.2.1/24");
        assertThat(data.resolve("testConfig/10.1.2.2")).doesNotExist();
        assertThat(bed.containerLink("eth0")).isEmpty();

        bed.add(calls("1.0.0", keys + ", 'forceAddress': true"));

        assertThat(bed.onHost("ip", "-4", "-o", "address", "show", "dev", "bridge0"))
                .contains("10.1.2.1/24")
                .doesNotContain("192.168.7.1");
        bed.ping("10.1.2.1");
    }

    @Test
    void routes_withAttributes_areMade() throws Exception {
        String ipam =
                ", 'ipam': {'type': 'host-local', %s, 'subnet': '10.1.2.0/24', 'routes': ["
                                .formatted(PluginBed.dataDir(data))
                        + "{'dst': '10.9.0.0/16', 'mtu': 1300, 'advmss': 1200, 'priority': 50},"
                        + "{'dst': '10.8.0.0/16', 'gw': '10.1.2.9', 'table': 77},"
                        + "{'dst': '10.7.0.0/16', 'gw': '10.1.2.9'},"
                        + "{'dst': '10.7.0.0/16', 'gw': '10.1.2.8'}]}";
        bed.add(calls("1.1.0", ", 'isGateway': true" + ipam));
        assertThat(bed.inContainer("ip", "route", "show", "10.9.0.0/16"))
                .contains("via 10.1.2.1 dev eth0")
                .contains("metric 50")
                .contains("mtu 1300")
                .contains("advmss 1200");
        assertThat(bed.inContainer("ip", "route", "show", "table", "77"))
                .contains("10.8.0.0/16 via 10.1.2.9");
        assertThat(bed.inContainer("ip", "route", "show", "10.7.0.0/16"))
                .contains("via 10.1.2.9")
                .contains("via 10.1.2.8");
    }

    @Test
    void enabledad_waitsForTheDetection() throws Exception {
        bed.add(calls("1.0.0", ", 'isGateway': true, 'enabledad': true" + hostLocal(V6)));
        assertThat(bed.inContainer("ip", "-6", "address", "show", "dev", "eth0", "scope", "global"))
                .contains("2001:db8:42::2/64")
                .doesNotContain("tentative");
        assertThat(bed.inContainer("cat", "/proc/sys/net/ipv6/conf/eth0/accept_dad").strip())
                .isEqualTo("1");
    }

    @Test
    void ipv6_isSwitchedOnWhereItIsOff() throws Exception {
        bed.inContainer("sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1");
        bed.inContainer("sysctl", "-qw", "net.ipv6.conf.default.disable_ipv6=1");
        bed.add(calls("1.0.0", ", 'isGateway': true" + hostLocal(V6)));
        assertThat(bed.inContainer("ip", "-6", "address", "show", "dev", "eth0"))
                .contains("2001:db8:42::2/64");
        assertThat(bed.inContainer("cat", "/proc/sys/net/ipv6/conf/lo/disable_ipv6").strip())
                .isEqualTo("0");
        assertThat(bed.inContainer("cat", "/proc/sys/net/ipv6/conf/eth0/keep_addr_on_down").strip())
                .isEqualTo("1");
    }

    @Test
    void dns_ofTheConfiguration_winsOverIpams() throws Exception {
        String ipam =
                ", 'ipam': {'type': 'static', 'addresses': [{'address': '10.1.2.2/24'}], 'dns':"
                        + " {'nameservers': ['192.0.2.1']}}";
        assertThat(bed.add(calls("1.0.0", ipam)).dns().nameservers()).containsExactly("192.0.2.1");
        assertThat(
                        bed.add(
                                        calls("1.0.0", ipam + ", 'dns': {'search': ['x']}")
                                                .container("b", "eth1"))
                                .dns()
                                .search())
                .containsExactly("x");
        assertThat(
                        bed.add(
                                        calls("1.0.0", ipam + ", 'dns': {'nameservers': []}")
                                                .container("c", "eth2"))
                                .dns()
                                .isEmpty())
                .isTrue();
    }
}
