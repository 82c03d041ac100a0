package dev.kakehashi.plugins.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.CniVersion;
import dev.kakehashi.cni.result.CniInterface;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.linux.rtnetlink.Bridge;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.Veth;
import dev.kakehashi.plugins.Calls;
import dev.kakehashi.plugins.PluginBed;
import dev.kakehashi.testing.KernelTest;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.stream.Stream;

@KernelTest
class BridgePluginTest extends BridgeBed {
    static Stream<Arguments> layer3() {
        return CniVersion.ALL.stream()
                .map(CniVersion::toString)
                .flatMap(version -> {
                    Stream<String> ranges = Stream.of(V4, V6, V4 + ", " + V6);
                    if (CniVersion.exact(version).orElseThrow().atLeast(CniVersion.V0_3_0)) {
                        ranges = Stream.concat(ranges, Stream.of(V4 + ", " + V6 + ", " + OTHER_V6));
                    }
                    return ranges.map(r -> Arguments.of(version, r));
                });
    }

    @ParameterizedTest
    @MethodSource("layer3")
    void add_withDefaultGateway_connectsAndDelRemoves(String version, String ranges)
            throws Exception {
        Calls calls = calls(version, ", 'isDefaultGateway': true, 'mtu': 1400" + hostLocal(ranges));

        CniResult result = bed.add(calls);

        Link bridge = bed.hostLink("bridge0").orElseThrow();
        assertThat(bridge.kind()).containsInstanceOf(Bridge.class);
        assertThat(bridge.isUp()).isTrue();
        Link eth0 = bed.containerLink("eth0").orElseThrow();
        assertThat(eth0.kind()).containsInstanceOf(Veth.class);
        assertThat(eth0.isUp()).isTrue();
        assertThat(eth0.mtu()).isEqualTo(1400);
        Link hostEnd;
        if (result.interfaces().isEmpty()) {
            hostEnd = bed.port(bridge);
        } else {
            hostEnd = hostEnd(bed, result);
            assertThat(result.interfaces())
                    .containsExactly(
                            CniInterface.onHost("bridge0", mac(bridge)),
                            CniInterface.onHost(hostEnd.name(), mac(hostEnd)),
                            CniInterface.inContainer(
                                    "eth0", mac(eth0), PluginBed.path(bed.container())));
            assertThat(result.ips()).allMatch(ip -> ip.interfaceIndex().orElse(-1) == 2);
        }
        assertThat(hostEnd.master()).isEqualTo(bridge.index());
        assertThat(hostEnd.index()).isEqualTo(eth0.parent());
        assertThat(hostEnd.mtu()).isEqualTo(1400);
        String addresses = bed.inContainer("ip", "-o", "address", "show", "dev", "eth0");
        String gateways = bed.onHost("ip", "-o", "address", "show", "dev", "bridge0");
        String routes = bed.inContainer("ip", "-4", "route") + bed.inContainer("ip", "-6", "route");
        if (ranges.contains(V4)) {
            assertThat(addresses).contains("inet 10.1.2.2/24 brd 10.1.2.255 scope global");
            assertThat(gateways).contains("inet 10.1.2.1/24");
            assertThat(routes).contains("default via 10.1.2.1 dev eth0");
            bed.ping("10.1.2.1");
        }
        if (ranges.contains(V6)) {
            assertThat(addresses).contains("inet6 2001:db8:42::2/64 scope global");
            // The link-local address is the kernel's own and follows its own time.
            assertThat(
                            bed.inContainer(
                                    "ip", "-6", "address", "show", "dev", "eth0", "scope",
                                    "global"))
                    .doesNotContain("tentative");
            assertThat(gateways).contains("inet6 2001:db8:42::1/64");
            assertThat(routes).contains("default via 2001:db8:42::1 dev eth0");
        }
        if (ranges.contains(OTHER_V6)) {
            assertThat(gateways).contains("inet6 2001:db8:43::1/64");
        }
        assertThat(bed.onHost("cat", "/proc/sys/net/ipv4/ip_forward").strip())
                .isEqualTo(ranges.contains(V4) ? "1" : "0");

        bed.del(calls);
        bed.del(calls);

        assertThat(bed.containerLink("eth0")).isEmpty();
        assertThat(bed.hostLink(hostEnd.name())).isEmpty();
        assertThat(bed.hostLink("bridge0")).isPresent();
        assertThat(data.resolve("testConfig").toFile().list())
                .allMatch(name -> name.equals("lock") || name.startsWith("last_reserved_ip."));
    }

    @Test
    void add_joinsABridgeThatIsThere() throws Exception {
        bed.onHost(
                "ip", "link", "add", "bridge0", "address", "02:00:00:00:00:77", "type", "bridge");
        CniResult result = bed.add(calls("1.0.0", ", 'isGateway': true" + hostLocal(V4)));
        assertThat(result.interfaces().getFirst().mac()).isEqualTo("02:00:00:00:00:77");
        assertThat(bed.hostLink("bridge0").orElseThrow().isUp()).isTrue();
        bed.ping("10.1.2.1");
    }

    @Test
    void add_toSomethingThatIsNoBridge_saysSoAndLeavesNothing() throws Exception {
        bed.onHost("ip", "link", "add", "bridge0", "type", "veth", "peer", "name", "other");
        String before = bed.linksOnHost();
        assertThatThrownBy(() -> bed.add(calls("1.0.0", hostLocal(V4))))
                .isInstanceOf(CniException.class)
                .hasMessageContaining("\"bridge0\" already exists but is not a bridge");
        assertThat(bed.linksOnHost()).isEqualTo(before);
        assertThat(bed.containerLink("eth0")).isEmpty();
        assertThat(data.resolve("testConfig/10.1.2.2")).doesNotExist();
    }

    @Test
    void add_theSecondTime_isRefusedAndTheFirstStays() throws Exception {
        Calls calls = calls("1.0.0", "");
        CniResult result = bed.add(calls);
        assertThatThrownBy(() -> bed.add(calls))
                .isInstanceOf(CniException.class)
                .hasMessageStartingWith("container veth name (\"eth0\") already exists");
        assertThat(hostEnd(bed, result).isUp()).isTrue();
    }

    @Test
    void add_withoutIpam_isLayer2() throws Exception {
        CniResult result = bed.add(calls("1.0.0", ""));
        assertThat(result.ips()).isEmpty();
        assertThat(bed.containerLink("eth0").orElseThrow().isUp()).isTrue();
        assertThat(bed.inContainer("ip", "-4", "address", "show", "dev", "eth0")).isEmpty();
    }

    @Test
    void add_disableContainerInterface_leavesItDown() throws Exception {
        CniResult result = bed.add(calls("1.0.0", ", 'disableContainerInterface': true"));
        assertThat(bed.containerLink("eth0").orElseThrow().isUp()).isFalse();
        assertThat(hostEnd(bed, result).isUp()).isTrue();
    }

    @Test
    void del_ofSomethingNeverAdded_succeeds() throws Exception {
        bed.del(calls("1.0.0", hostLocal(V4)));
        bed.del(calls("1.0.0", ""));
        bed.del(calls("1.0.0", hostLocal(V4)).set("CNI_NETNS", ""));
        bed.del(calls("1.0.0", hostLocal(V4)).set("CNI_NETNS", "/run/netns/gone"));
        assertThat(bed.hostLink("bridge0")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/run/netns/gone"})
    void del_withoutTheNamespace_removesLinkAndReservation(String netns) throws Exception {
        Calls calls = calls("1.0.0", ", 'isGateway': true" + hostLocal(V4));
        CniResult result = bed.add(calls);
        bed.del(calls.set("CNI_NETNS", netns));
        assertThat(bed.hostLink(result.interfaces().get(1).name())).isEmpty();
        assertThat(data.resolve("testConfig/10.1.2.2")).doesNotExist();
    }

    @Test
    void del_thenAddAtOnce_works() throws Exception {
        Calls calls = calls("1.0.0", ", 'isGateway': true" + hostLocal(V4));
        for (int i = 0; i < 5; i++) {
            bed.add(calls);
            bed.ping("10.1.2.1");
            bed.del(calls);
        }
    }

    @Test
    void add_failingAfterIpam_leavesNothing() throws Exception {
        String before = bed.linksOnHost();
        // The kernel refuses the route: nothing says how to reach its gateway.
        String ipam =
                ", 'ipam': {'type': 'host-local', %s, 'subnet': '10.1.2.0/24', 'routes': [{'dst':"
                                .formatted(PluginBed.dataDir(data))
                        + " '10.9.0.0/16', 'gw': '192.0.2.1'}]}";
        assertThatThrownBy(() ->
                        bed.add(
                                calls(
                                        "1.0.0",
                                        ", 'ipMasq': true, 'ipMasqBackend': 'nftables',"
                                                + " 'macspoofchk': true"
                                                + ipam)))
                .isInstanceOf(CniException.class)
                .hasMessageContaining("10.9.0.0/16");
        bed.onHost("ip", "link", "delete", "bridge0");
        assertThat(bed.linksOnHost()).isEqualTo(before);
        assertThat(bed.containerLink("eth0")).isEmpty();
        assertThat(data.resolve("testConfig").toFile().list())
                .containsExactlyInAnyOrder("lock", "last_reserved_ip.0");
        assertThat(bed.onHost("nft", "list", "ruleset"))
                .doesNotContain("10.1.2.2")
                .doesNotContain("dummy");
    }
}
