package dev.kakehashi.plugins.ptp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.CniVersion;
import dev.kakehashi.cni.result.CniInterface;
import dev.kakehashi.cni.result.CniIp;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.plugins.Calls;
import dev.kakehashi.plugins.PluginBed;
import dev.kakehashi.testing.KernelTest;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

@KernelTest
class PtpPluginTest {

    private static final String V4 = "[{'subnet': '10.1.2.0/24'}]";
    private static final String V6 = "[{'subnet': '2001:db8:42::/64'}]";
    private static final String ROUTES = "[{'dst': '0.0.0.0/0'}, {'dst': '::/0'}]";

    @TempDir Path data;
    @RegisterExtension final PluginBed bed = PluginBed.ofEachTest();

    private static String config(String version, String keys) {
        return "{'cniVersion': '%s', 'name': 'mynet', 'type': 'ptp'%s}".formatted(version, keys);
    }

    private Calls calls(String version, String keys) {
        return bed.calls(config(version, keys));
    }

    private String hostLocal(String ranges, String routes) {
        return ", 'ipam': {'type': 'host-local', %s, 'ranges': [%s], 'routes': %s}"
                .formatted(PluginBed.dataDir(data), ranges, routes);
    }

    private String dualStack() {
        return hostLocal(V4 + ", " + V6, ROUTES);
    }

    private static String mac(Link link) {
        return link.mac().map(MacAddress::toString).orElseThrow();
    }

    private Link hostEnd() throws Exception {
        Link eth0 = bed.containerLink("eth0").orElseThrow();
        try (RtNetlink netlink = RtNetlink.open(bed.host())) {
            return netlink.link(eth0.parent()).orElseThrow();
        }
    }

    static Stream<Arguments> versionsAndRanges() {
        return CniVersion.ALL.stream()
                .flatMap(version ->
                        Stream.of(V4, V6, V4 + ", " + V6)
                                .map(ranges -> Arguments.of(version.toString(), ranges)));
    }

    @ParameterizedTest
    @MethodSource("versionsAndRanges")
    void add_connectsAndDelRemoves(String version, String ranges) throws Exception {
        String before = bed.linksOnHost();
        Calls calls = calls(version, ", 'mtu': 1400" + hostLocal(ranges, "[]"));

        CniResult result = bed.add(calls);

        Link eth0 = bed.containerLink("eth0").orElseThrow();
        Link hostEnd = hostEnd();
        assertThat(eth0.mtu()).isEqualTo(1400);
        assertThat(hostEnd.mtu()).isEqualTo(1400);
        if (!result.interfaces().isEmpty()) {
            assertThat(result.interfaces())
                    .containsExactly(
                            CniInterface.onHost(hostEnd.name(), mac(hostEnd)),
                            CniInterface.inContainer(
                                    "eth0", mac(eth0), PluginBed.path(bed.container())));
            assertThat(result.ips()).allMatch(ip -> ip.interfaceIndex().orElse(-1) == 1);
        }
        if (ranges.contains(V4)) {
            assertThat(bed.inContainer("ip", "-4", "-o", "address", "show", "dev", "eth0"))
                    .contains("inet 10.1.2.2/24");
            assertThat(bed.inContainer("ip", "-4", "route").lines().map(String::strip))
                    .containsExactlyInAnyOrder(
                            "10.1.2.0/24 via 10.1.2.1 dev eth0 proto 75 src 10.1.2.2",
                            "10.1.2.1 dev eth0 proto 75 scope link src 10.1.2.2");
            assertThat(bed.onHost("ip", "-4", "-o", "address", "show", "dev", hostEnd.name()))
                    .contains("inet 10.1.2.1/32");
            assertThat(bed.onHost("ip", "-4", "route", "show", "10.1.2.2"))
                    .contains("dev " + hostEnd.name())
                    .contains("scope link");
            bed.ping("10.1.2.1");
            bed.onHost("ping", "-n", "-c", "1", "-W", "2", "10.1.2.2");
        }
        if (ranges.contains(V6)) {
            assertThat(bed.inContainer("ip", "-6", "route", "show", "dev", "eth0"))
                    .contains("2001:db8:42::/64 via 2001:db8:42::1")
                    .contains("2001:db8:42::1 proto 75 src 2001:db8:42::2");
            bed.ping("2001:db8:42::1");
            bed.onHost("ping", "-n", "-c", "1", "-W", "2", "2001:db8:42::2");
        }
        assertThat(bed.onHost("cat", "/proc/sys/net/ipv4/ip_forward").strip())
                .isEqualTo(ranges.contains(V4) ? "1" : "0");
        assertThat(bed.onHost("cat", "/proc/sys/net/ipv6/conf/all/forwarding").strip())
                .isEqualTo(ranges.contains(V6) ? "1" : "0");

        bed.del(calls);
        bed.del(calls);

        assertThat(bed.containerLink("eth0")).isEmpty();
        assertThat(bed.hostLink(hostEnd.name())).isEmpty();
        assertThat(bed.onHost("ip", "-4", "route")).isEmpty();
        assertThat(data.resolve("mynet").toFile().list())
                .allMatch(name -> name.equals("lock") || name.startsWith("last_reserved_ip."));
        assertThat(before).doesNotContain(hostEnd.name());
    }

    @Test
    void twoContainers_reachEachOtherOverTheHost() throws Exception {
        Netns other = bed.anotherContainer();
        bed.add(calls("1.0.0", dualStack()));
        bed.add(
                calls("1.0.0", dualStack())
                        .container("other", "eth0")
                        .set("CNI_NETNS", PluginBed.path(other)));
        bed.ping("10.1.2.3");
        bed.ping("2001:db8:42::3");
        assertThat(bed.inContainer("ip", "-4", "route", "show", "default"))
                .contains("default via 10.1.2.1 dev eth0");
        assertThat(bed.inContainer("ip", "-6", "route", "show", "default"))
                .contains("default via 2001:db8:42::1 dev eth0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "iptables", "nftables"})
    void ipMasq_hidesTheContainerFromOutside_untilDel(String backend) throws Exception {
        bed.outside();
        String keys =
                ", 'ipMasq': true"
                        + (backend.isEmpty() ? "" : ", 'ipMasqBackend': '" + backend + "'")
                        + dualStack();
        bed.add(calls("1.0.0", dualStack()).container("open", "eth0"));
        assertThatThrownBy(() -> bed.ping("192.0.2.2")).isInstanceOf(AssertionError.class);
        bed.del(calls("1.0.0", dualStack()).container("open", "eth0"));

        CniResult result = bed.add(calls("1.0.0", keys));

        bed.ping("192.0.2.2");
        bed.ping("2001:db8:ff::2");
        assertThat(bed.onHost("nft", "list", "ruleset").contains("cni_plugins_masquerade"))
                .isEqualTo(backend.equals("nftables"));
        bed.check(calls("1.0.0", keys).prevResult(result));

        bed.del(calls("1.0.0", keys).set("CNI_NETNS", ""));

        assertThat(bed.onHost("nft", "list", "ruleset"))
                .doesNotContain("10.1.2.")
                .doesNotContain("dummy");
        assertThat(bed.onHost("iptables-save", "-t", "nat")).doesNotContain("CNI-");
        assertThat(bed.onHost("ip6tables-save", "-t", "nat")).doesNotContain("CNI-");
    }

    @ParameterizedTest
    @ValueSource(strings = {"iptables", "nftables"})
    void check_noticesWhatIsMissing(String backend) throws Exception {
        String keys = ", 'ipMasq': true, 'ipMasqBackend': '" + backend + "'" + dualStack();
        CniResult result = bed.add(calls("1.0.0", keys));
        Calls check = calls("1.0.0", keys).prevResult(result);
        String veth = result.interfaces().getFirst().name();
        bed.check(check);

        bed.onHost("ip", "address", "delete", "10.1.2.1/32", "dev", veth);
        assertThatThrownBy(() -> bed.check(check)).hasMessageContaining("not as it was made");
        bed.onHost("ip", "address", "add", "10.1.2.1/32", "dev", veth);
        bed.check(check);

        bed.inContainer("ip", "route", "delete", "default");
        assertThatThrownBy(() -> bed.check(check)).hasMessageContaining("0.0.0.0/0");
        bed.inContainer("ip", "route", "add", "default", "via", "10.1.2.1");
        bed.check(check);

        if (backend.equals("nftables")) {
            bed.onHost("nft", "flush", "chain", "inet", "cni_plugins_masquerade", "masq_checks");
        } else {
            bed.onHost("iptables", "-t", "nat", "-F", "POSTROUTING");
        }
        assertThatThrownBy(() -> bed.check(check)).isInstanceOf(CniException.class);
        bed.onHost("nft", "flush", "ruleset");

        bed.inContainer("ip", "address", "delete", "10.1.2.2/24", "dev", "eth0");
        assertThatThrownBy(() -> bed.check(check)).hasMessageContaining("10.1.2.2/24");
        bed.inContainer("ip", "link", "delete", "eth0");
        assertThatThrownBy(() -> bed.check(check))
                .hasMessageStartingWith(
                        "ptp: Container Interface name in prevResult: eth0 not found");
    }

    @Test
    void check_ofAnotherNamespace_fails() throws Exception {
        CniResult result = bed.add(calls("1.0.0", dualStack()));
        String other = PluginBed.path(bed.anotherContainer());
        assertThatThrownBy(() ->
                        bed.check(
                                calls("1.0.0", dualStack())
                                        .prevResult(result)
                                        .set("CNI_NETNS", other)))
                .hasMessageContaining("doesn't match configured netns: " + other);
        assertThatThrownBy(() -> bed.check(calls("1.0.0", dualStack())))
                .hasMessageContaining("Required prevResult missing");
    }

    @Test
    void gc_removesWhatIsNotValid() throws Exception {
        String keys = ", 'ipMasq': true, 'ipMasqBackend': 'nftables'" + dualStack();
        Netns other = bed.anotherContainer();
        Calls dead =
                calls("1.1.0", keys)
                        .container("dead", "eth0")
                        .set("CNI_NETNS", PluginBed.path(other));
        String gone = bed.add(dead).interfaces().getFirst().name();
        CniResult living = bed.add(calls("1.1.0", keys).container("alive", "eth0"));

        bed.gc(bed.gcCalls(config("1.1.0", keys), "alive", "eth0"));

        assertThat(bed.hostLink(gone)).isEmpty();
        bed.check(calls("1.1.0", keys).container("alive", "eth0").prevResult(living));
        bed.ping("10.1.2.1");
        assertThat(data.resolve("mynet").toFile().list())
                .contains("10.1.2.3")
                .doesNotContain("10.1.2.2");
        assertThat(bed.onHost("nft", "list", "ruleset")).contains("alive").doesNotContain("dead");
    }

    @Test
    void status_isThatOfIpamAndMasquerade() throws Exception {
        bed.status(calls("1.1.0", ", 'ipMasq': true" + dualStack()));
        assertThatThrownBy(() ->
                        bed.status(
                                calls(
                                        "1.1.0",
                                        ", 'ipMasq': true, 'ipMasqBackend': 'x'" + dualStack())))
                .hasMessageStartingWith("unknown ipmasq backend \"x\"");
        String tiny = hostLocal("[{'subnet': '10.9.9.0/30'}]", "[]");
        bed.add(calls("1.1.0", tiny));
        assertThatThrownBy(() -> bed.status(calls("1.1.0", tiny)))
                .isInstanceOfSatisfying(
                        CniException.class, e -> assertThat(e.code()).isEqualTo(50));
    }

    @Test
    void add_withoutGateway_isRefusedAndLeavesNothing() throws Exception {
        String before = bed.linksOnHost();
        String ipam = ", 'ipam': {'type': 'static', 'addresses': [{'address': '10.1.2.2/24'}]}";
        assertThatThrownBy(() -> bed.add(calls("1.0.0", ipam)))
                .hasMessageContaining("no gateway for 10.1.2.2/24");
        assertThatThrownBy(() -> bed.add(calls("1.0.0", "")))
                .hasMessageContaining("ptp needs an IPAM configuration");
        String route = hostLocal(V4, "[{'dst': '10.9.0.0/16', 'gw': '198.51.100.7'}]");
        assertThatThrownBy(() -> bed.add(calls("1.0.0", route)))
                .isInstanceOf(CniException.class)
                .hasMessageContaining("10.9.0.0/16");
        assertThat(bed.linksOnHost()).isEqualTo(before);
        assertThat(bed.containerLink("eth0")).isEmpty();
        assertThat(data.resolve("mynet").toFile().list())
                .containsExactlyInAnyOrder("lock", "last_reserved_ip.0");
    }

    @Test
    void del_ofSomethingNeverAdded_succeeds() throws Exception {
        for (String netns : List.of(PluginBed.path(bed.container()), "", "/run/netns/gone")) {
            bed.del(calls("1.0.0", dualStack()).set("CNI_NETNS", netns));
        }
    }

    @Test
    void hostInterfaceName_isTheHostEnds() throws Exception {
        Calls calls = calls("1.0.0", ", 'hostInterfaceName': 'web'" + dualStack());
        assertThat(bed.add(calls).interfaces().getFirst().name()).isEqualTo("web");
        bed.del(calls);
        assertThat(bed.hostLink("web")).isEmpty();
    }

    @Test
    void severalAddressesOfOneSubnet_work() throws Exception {
        String ipam =
                ", 'ipam': {'type': 'static', 'addresses': [{'address': '10.1.2.2/24', 'gateway':"
                        + " '10.1.2.1'}, {'address': '10.1.2.5/24', 'gateway': '10.1.2.1'}]}";
        CniResult result = bed.add(calls("1.0.0", ipam));
        bed.onHost("ping", "-n", "-c", "1", "-W", "2", "10.1.2.2");
        bed.onHost("ping", "-n", "-c", "1", "-W", "2", "10.1.2.5");
        bed.check(calls("1.0.0", ipam).prevResult(result));
    }

    @Test
    void linkLocalGateway_isANeighbourAndNoAddress() throws Exception {
        bed.outside();
        Netns other = bed.anotherContainer();
        String keys = ", 'linkLocalGateway': true, 'ipMasq': true" + dualStack();
        Calls calls = calls("1.1.0", keys);

        CniResult result = bed.add(calls);
        bed.add(
                calls("1.1.0", keys)
                        .container("other", "eth0")
                        .set("CNI_NETNS", PluginBed.path(other)));

        assertThat(result.ips())
                .extracting(CniIp::toString)
                .satisfiesExactly(
                        v4 -> assertThat(v4).contains("10.1.2.2/32", "169.254.1.1"),
                        v6 -> assertThat(v6).contains("2001:db8:42::2/128"));
        Link hostEnd = hostEnd();
        assertThat(bed.inContainer("ip", "-4", "route").lines().map(String::strip))
                .containsExactlyInAnyOrder(
                        "default via 169.254.1.1 dev eth0 proto 75",
                        "169.254.1.1 dev eth0 proto 75 scope link src 10.1.2.2");
        assertThat(bed.inContainer("ip", "neighbour", "show", "nud", "permanent"))
                .contains("169.254.1.1 dev eth0 lladdr " + mac(hostEnd))
                .contains("fe80::1 dev eth0 lladdr " + mac(hostEnd));
        assertThat(bed.onHost("ip", "-4", "address", "show", "dev", hostEnd.name()))
                .doesNotContain("inet ");
        for (String peer : List.of("10.1.2.3", "2001:db8:42::3", "192.0.2.2", "2001:db8:ff::2")) {
            bed.ping(peer);
        }
        bed.onHost("ping", "-n", "-c", "1", "-W", "2", "10.1.2.2");
        Calls check = calls("1.1.0", keys).prevResult(result);
        bed.check(check);

        bed.onHost("ip", "neighbour", "delete", "10.1.2.2", "dev", hostEnd.name());
        assertThatThrownBy(() -> bed.check(check)).hasMessageContaining("not as it was made");

        bed.del(calls);
        assertThat(bed.hostLink(hostEnd.name())).isEmpty();
        assertThat(bed.onHost("ip", "-4", "route", "show", "10.1.2.2")).isEmpty();
        bed.del(calls("1.1.0", keys).container("other", "eth0").set("CNI_NETNS", ""));
    }

    @Test
    void dns_ofTheConfiguration_winsOverIpams() throws Exception {
        String ipam =
                ", 'ipam': {'type': 'static', 'addresses': [{'address': '10.1.2.2/24', 'gateway':"
                        + " '10.1.2.1'}], 'dns': {'nameservers': ['192.0.2.1']}}";
        Calls calls = calls("1.0.0", ipam);
        assertThat(bed.add(calls).dns().nameservers()).containsExactly("192.0.2.1");
        bed.del(calls);
        assertThat(bed.add(calls("1.0.0", ipam + ", 'dns': {'nameservers': []}")).dns().isEmpty())
                .isTrue();
    }
}
