package dev.kakehashi.plugins.macvlan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.CniVersion;
import dev.kakehashi.cni.result.CniInterface;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.Macvlan;
import dev.kakehashi.plugins.Calls;
import dev.kakehashi.plugins.PluginBed;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.RequiresFeature;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The master is "outside", a veth end of the host; its other end, another node, is 192.0.2.2. */
@KernelTest
@RequiresFeature("macvlan")
class MacvlanPluginTest {

    private static final String MASTER = ", 'master': 'outside'";

    @TempDir Path data;
    @RegisterExtension final PluginBed bed = PluginBed.ofEachTest();

    @BeforeEach
    void prepare() throws Exception {
        bed.outside();
    }

    private static String config(String version, String keys) {
        return "{'cniVersion': '%s', 'name': 'mynet', 'type': 'macvlan'%s}"
                .formatted(version, keys);
    }

    private Calls calls(String keys) {
        return bed.calls(config("1.1.0", keys));
    }

    private String hostLocal() {
        return ", 'ipam': {'type': 'host-local', %s, 'ranges': [[{'subnet': '192.0.2.0/24',"
                        .formatted(PluginBed.dataDir(data))
                + " 'rangeStart': '192.0.2.10', 'gateway': '192.0.2.1'}]], 'routes': [{'dst':"
                + " '0.0.0.0/0'}]}";
    }

    private static String address(String address) {
        return ", 'ipam': {'type': 'static', 'addresses': [{'address': '%s'}]}".formatted(address);
    }

    private Link eth0() throws Exception {
        return bed.containerLink("eth0").orElseThrow();
    }

    private List<String> reserved() {
        String[] names = data.resolve("mynet").toFile().list();
        return names == null
                ? List.of()
                : Stream.of(names).filter(n -> n.contains("192.")).toList();
    }

    static Stream<String> versions() {
        return CniVersion.ALL.stream().map(CniVersion::toString);
    }

    @ParameterizedTest
    @MethodSource("versions")
    void add_connectsToTheMastersNetwork_andDelRemoves(String version) throws Exception {
        List<String> before = bed.linkNamesOnHost();
        Calls calls = bed.calls(config(version, MASTER + ", 'mtu': 1400" + hostLocal()));

        CniResult result = bed.add(calls);

        Link eth0 = eth0();
        assertThat(eth0.kind()).containsInstanceOf(Macvlan.class);
        assertThat(eth0.mtu()).isEqualTo(1400);
        assertThat(eth0.alias()).isEqualTo("kakehashi:mynet/dummy/eth0");
        if (!result.interfaces().isEmpty()) {
            assertThat(result.interfaces())
                    .containsExactly(
                            CniInterface.inContainer(
                                    "eth0",
                                    eth0.mac().map(MacAddress::toString).orElseThrow(),
                                    PluginBed.path(bed.container())));
            assertThat(result.ips()).allMatch(ip -> ip.interfaceIndex().orElse(-1) == 0);
        }
        bed.ping("192.0.2.2");
        assertThat(bed.inContainer("ip", "-4", "route"))
                .contains("default via 192.0.2.1 dev eth0 proto 75");
        assertThat(
                        bed.inContainer(
                                "cat",
                                "/proc/sys/net/ipv4/conf/eth0/arp_notify",
                                "/proc/sys/net/ipv6/conf/eth0/ndisc_notify"))
                .isEqualTo("1\n1\n");
        if (CniVersion.exact(version).orElseThrow().atLeast(CniVersion.V0_4_0)) {
            bed.check(calls.prevResult(result));
        }

        bed.del(calls);
        bed.del(calls);

        assertThat(bed.containerLink("eth0")).isEmpty();
        assertThat(bed.linkNamesOnHost()).isEqualTo(before);
        assertThat(reserved()).isEmpty();
    }

    @Test
    void twoAttachments_ofOneContainer_areApart() throws Exception {
        Calls first = calls(MASTER + address("192.0.2.10/24"));
        Calls second = calls(MASTER + address("192.0.2.11/24")).container("dummy", "net1");
        CniResult one = bed.add(first);
        CniResult two = bed.add(second);
        bed.ping("192.0.2.2");
        bed.check(first.prevResult(one));
        bed.check(second.prevResult(two));
        bed.del(first);
        bed.check(second);
        bed.del(second);
    }

    @Test
    void containersOnOneMaster_seeEachOther_unlessPrivate() throws Exception {
        Netns other = bed.anotherContainer();
        for (String mode : List.of("bridge", "private")) {
            String keys = MASTER + ", 'mode': '" + mode + "'";
            Calls first = calls(keys + address("192.0.2.10/24"));
            Calls second =
                    calls(keys + address("192.0.2.11/24"))
                            .container("other", "eth0")
                            .set("CNI_NETNS", PluginBed.path(other));
            bed.add(first);
            bed.add(second);
            if (mode.equals("bridge")) {
                bed.ping("192.0.2.11");
            } else {
                assertThatThrownBy(() -> bed.ping("192.0.2.11")).isInstanceOf(AssertionError.class);
            }
            bed.del(first);
            bed.del(second);
        }
    }

    @Test
    void withoutAddresses_theInterfaceIsUp() throws Exception {
        Calls calls = calls(MASTER + ", 'dns': {'nameservers': ['192.0.2.53']}");
        CniResult result = bed.add(calls);
        assertThat(eth0().isUp()).isTrue();
        assertThat(result.ips()).isEmpty();
        assertThat(result.dns().nameservers()).containsExactly("192.0.2.53");
        bed.check(calls.prevResult(result));
        bed.del(calls);
    }

    @Test
    void withoutMaster_theDefaultRoutesInterfaceIsTaken() throws Exception {
        assertThatThrownBy(() -> bed.add(calls(hostLocal())))
                .hasMessageStartingWith("no default route interface found");
        bed.onHost("ip", "route", "add", "default", "via", "192.0.2.2");
        CniResult result = bed.add(calls(hostLocal()));
        bed.ping("192.0.2.2");
        bed.check(calls(hostLocal()).prevResult(result));
    }

    @Test
    void linkInContainer_buildsOnTheContainersInterface() throws Exception {
        bed.add(calls(MASTER).container("dummy", "net1"));
        String keys = ", 'master': 'net1', 'linkInContainer': true" + address("192.0.2.10/24");
        Calls calls = calls(keys);
        CniResult result = bed.add(calls);
        bed.ping("192.0.2.2");
        bed.check(calls.prevResult(result));
        bed.del(calls);
        assertThatThrownBy(() -> bed.add(calls(", 'master': 'outside', 'linkInContainer': true")))
                .hasMessageContaining("failed to lookup master \"outside\": Link not found");
    }

    @Test
    void passthru_hasTheMastersAddress() throws Exception {
        CniResult result = bed.add(calls(MASTER + ", 'mode': 'passthru'"));
        assertThat(result.interfaces().getFirst().mac())
                .isEqualTo(
                        bed.hostLink("outside")
                                .orElseThrow()
                                .mac()
                                .map(MacAddress::toString)
                                .orElseThrow());
        bed.check(calls(MASTER + ", 'mode': 'passthru'").prevResult(result));
        bed.del(calls(MASTER + ", 'mode': 'passthru'"));
        // The master is free as soon as DEL returns.
        bed.add(calls(MASTER + ", 'mode': 'passthru'"));
    }

    @Test
    void bcqueuelen_isTheMasters() throws Exception {
        bed.add(calls(MASTER + ", 'bcqueuelen': 2345"));
        assertThat(bed.inContainer("ip", "-d", "link", "show", "eth0")).contains("bcqueuelen 2345");
    }

    @Test
    void ipv6Address_isReadyWhenAddReturns_unlessAnotherNodeHasIt() throws Exception {
        bed.add(calls(MASTER + ipv6("2001:db8:ff::10/64")));
        assertThat(bed.inContainer("ip", "-6", "-o", "address", "show", "dev", "eth0"))
                .contains("2001:db8:ff::10/64")
                .doesNotContain("tentative");
        bed.ping("2001:db8:ff::2");
        bed.del(calls(MASTER));

        assertThatThrownBy(() -> bed.add(calls(MASTER + ipv6("2001:db8:ff::2/64"))))
                .isInstanceOf(CniException.class)
                .hasMessageContaining("2001:db8:ff::2 in DADFAILED state");
        assertThat(bed.containerLink("eth0")).isEmpty();
    }

    private static String ipv6(String address) {
        return ", 'ipam': {'type': 'static', 'addresses': [{'address': '%s', 'gateway':"
                        .formatted(address)
                + " '2001:db8:ff::1'}]}";
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            textBlock =
                    """
                    , 'master': 'nosuch'                   | failed to lookup master "nosuch": Link not found
                    , 'master': 'outside', 'mtu': 9001     | invalid MTU 9001, must be [0, master MTU(1500)]
                    , 'master': 'outside', 'mtu': -1       | invalid MTU -1, must be [0, master MTU(1500)]
                    , 'master': 'outside', 'mode': 'x'     | unknown macvlan mode: "x"
                    , 'master': 'lo'                       | failed to create macvlan:
                    """)
    void add_ofWhatCannotBe_leavesNothing(String keys, String message) throws Exception {
        assertThatThrownBy(() -> bed.add(calls(keys + hostLocal())))
                .isInstanceOf(CniException.class)
                .hasMessageStartingWith(message);
        assertThat(bed.containerLink("eth0")).isEmpty();
        assertThat(reserved()).isEmpty();
        bed.del(calls(keys + hostLocal()));
    }

    @Test
    void secondAdd_isRefusedAndHarmsNothing() throws Exception {
        CniResult result = bed.add(calls(MASTER + hostLocal()));
        assertThatThrownBy(() -> bed.add(calls(MASTER + hostLocal())))
                .hasMessageStartingWith("failed to rename macvlan to \"eth0\": file exists");
        bed.check(calls(MASTER + hostLocal()).prevResult(result));
        assertThat(reserved()).hasSize(1);
    }

    @Test
    void add_withImpossibleRoute_isUndone() throws Exception {
        String keys =
                MASTER
                        + hostLocal()
                                .replace(
                                        "{'dst': '0.0.0.0/0'}",
                                        "{'dst': '10.9.0.0/16', 'gw': '198.51.100.7'}");
        assertThatThrownBy(() -> bed.add(calls(keys)))
                .hasMessageStartingWith("failed to configure \"eth0\": ip ")
                .hasMessageContaining("10.9.0.0/16 via 198.51.100.7");
        assertThat(bed.containerLink("eth0")).isEmpty();
        assertThat(reserved()).isEmpty();
    }

    @Test
    void del_needsNeitherNamespaceNorMaster() throws Exception {
        Calls calls = calls(MASTER + hostLocal());
        bed.add(calls);
        bed.onHost("ip", "link", "delete", "outside"); // takes the macvlan with it
        bed.del(calls);
        assertThat(reserved()).isEmpty();
        for (String netns : List.of("", "/run/netns/gone")) {
            bed.del(calls(MASTER + hostLocal()).set("CNI_NETNS", netns));
        }
    }

    @Test
    void check_noticesWhatIsDifferent() throws Exception {
        Calls calls = calls(MASTER + hostLocal());
        CniResult result = bed.add(calls);
        Calls check = calls(MASTER + hostLocal()).prevResult(result);
        assertThatThrownBy(() -> bed.check(calls))
                .hasMessageStartingWith("required prevResult missing");
        assertThatThrownBy(() ->
                        bed.check(
                                calls(MASTER + ", 'mode': 'vepa'" + hostLocal())
                                        .prevResult(result)))
                .hasMessage("container macvlan mode bridge does not match expected value: vepa");
        bed.onHost("ip", "link", "add", "dm0", "type", "veth", "peer", "name", "dm1");
        assertThatThrownBy(() ->
                        bed.check(calls(", 'master': 'dm0'" + hostLocal()).prevResult(result)))
                .hasMessage("the master of \"eth0\" is not \"dm0\"");

        bed.inContainer("ip", "link", "set", "eth0", "down");
        assertThatThrownBy(() -> bed.check(check)).hasMessage("interface eth0 is down");
        bed.inContainer("ip", "link", "set", "eth0", "up");
        assertThatThrownBy(() -> bed.check(check)).hasMessageContaining("0.0.0.0/0");
        bed.inContainer("ip", "route", "add", "default", "via", "192.0.2.1");
        bed.check(check);
        bed.inContainer("ip", "address", "flush", "dev", "eth0");
        assertThatThrownBy(() -> bed.check(check)).hasMessageContaining("192.0.2.10/24");
        bed.inContainer("ip", "link", "delete", "eth0");
        assertThatThrownBy(() -> bed.check(check))
                .hasMessage("container Interface name in prevResult: eth0 not found");
        bed.inContainer("ip", "link", "add", "eth0", "type", "veth", "peer", "name", "other");
        assertThatThrownBy(() -> bed.check(check))
                .hasMessage("error: Container interface eth0 not of type macvlan");
    }

    @Test
    void status_looksForTheMaster() throws Exception {
        bed.status(calls(MASTER + hostLocal()));
        assertThatThrownBy(() -> bed.status(calls(", 'master': 'nosuch'")))
                .isInstanceOfSatisfying(CniException.class, e -> assertThat(e.code()).isEqualTo(51))
                .hasMessageStartingWith("failed to lookup master \"nosuch\": Link not found");
        assertThatThrownBy(() -> bed.status(calls("")))
                .isInstanceOfSatisfying(
                        CniException.class, e -> assertThat(e.code()).isEqualTo(50));
        bed.status(calls(", 'master': 'nosuch', 'linkInContainer': true"));
    }
}
