package dev.kakehashi.plugins.ipvlan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.result.CniInterface;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.Ipvlan;
import dev.kakehashi.linux.rtnetlink.Link;
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

/** The master is "outside", a veth end of the host; its other end, another node, is 192.0.2.2. */
@KernelTest
@RequiresFeature("ipvlan")
class IpvlanPluginTest {

    private static final String MASTER = ", 'master': 'outside'";

    @TempDir Path data;
    @RegisterExtension final PluginBed bed = PluginBed.ofEachTest();
    private Netns node;

    @BeforeEach
    void prepare() throws Exception {
        node = bed.outside();
    }

    private static String config(String version, String keys) {
        return "{'cniVersion': '%s', 'name': 'mynet', 'type': 'ipvlan'%s}".formatted(version, keys);
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

    private Link eth0() throws Exception {
        return bed.containerLink("eth0").orElseThrow();
    }

    private List<String> reserved() {
        String[] names = data.resolve("mynet").toFile().list();
        return names == null
                ? List.of()
                : Stream.of(names).filter(n -> n.contains("192.")).toList();
    }

    @ParameterizedTest
    @CsvSource({"0.2.0, l2", "0.4.0, l2", "1.0.0, l2", "1.1.0, l2", "1.1.0, l3", "1.1.0, l3s"})
    void add_connectsToTheMastersNetwork_andDelRemoves(String version, String mode)
            throws Exception {
        Calls calls = bed.calls(config(version, MASTER + ", 'mode': '" + mode + "'" + hostLocal()));
        CniResult result = bed.add(calls);
        assertThat(eth0().kind()).containsInstanceOf(Ipvlan.class);
        assertThat(eth0().alias()).isEqualTo("kakehashi:mynet/dummy/eth0");
        if (!result.interfaces().isEmpty()) {
            assertThat(result.interfaces())
                    .containsExactly(
                            CniInterface.inContainer(
                                    "eth0",
                                    bed.hostLink("outside")
                                            .flatMap(Link::mac)
                                            .map(MacAddress::toString)
                                            .orElseThrow(),
                                    PluginBed.path(bed.container())));
        }
        if (!mode.equals("l2")) { // nobody answers ARP for the container: others need a route
            TestNamespaces.run(node, "ip", "route", "add", "192.0.2.10/32", "via", "192.0.2.1");
        }
        bed.ping("192.0.2.2");
        if (!version.equals("0.2.0")) {
            bed.check(calls.prevResult(result));
        }
        bed.del(calls);
        bed.del(calls);
        assertThat(bed.containerLink("eth0")).isEmpty();
        assertThat(reserved()).isEmpty();
    }

    @Test
    void behindAnotherPlugin_itHasThatOnesInterfaceAndAddresses() throws Exception {
        String previous =
                ", 'prevResult': {'interfaces': [{'name': 'outside'}], 'ips': [{'address':"
                        + " '192.0.2.10/24', 'gateway': '192.0.2.1', 'interface': 0}], 'routes':"
                        + " [{'dst': '0.0.0.0/0'}]}";
        CniResult result = bed.add(calls(previous));
        assertThat(result.interfaces()).hasSize(1);
        assertThat(result.interfaces().getFirst().name()).isEqualTo("eth0");
        bed.ping("192.0.2.2");
        assertThat(bed.inContainer("ip", "route")).contains("default via 192.0.2.1 dev eth0");
        Calls after = calls("").prevResult(result);
        bed.check(after);
        bed.status(calls(""));
        bed.del(after);
        assertThat(bed.containerLink("eth0")).isEmpty();

        String two = previous.replace("[{'name': 'outside'}]", "[{'name': 'a'}, {'name': 'b'}]");
        assertThatThrownBy(() -> bed.add(calls(two)))
                .hasMessageStartingWith(
                        "chained master failure. PrevResult lacks a single named interface");
        assertThatThrownBy(() -> bed.add(calls(MASTER)))
                .hasMessageStartingWith("ipvlan needs an IPAM plugin");
    }

    @Test
    void withoutMaster_theDefaultRoutesInterfaceIsTaken() throws Exception {
        assertThatThrownBy(() -> bed.add(calls(hostLocal())))
                .hasMessageStartingWith("no default route interface found");
        bed.onHost("ip", "route", "add", "default", "via", "192.0.2.2");
        CniResult result = bed.add(calls(hostLocal()));
        bed.ping("192.0.2.2");
        bed.check(calls(hostLocal()).prevResult(result));
        bed.onHost("ip", "route", "delete", "default");
        bed.del(calls(hostLocal()));
        assertThat(reserved()).isEmpty();
    }

    @Test
    void linkInContainer_buildsOnTheContainersInterface() throws Exception {
        bed.inContainer("ip", "link", "add", "net1", "type", "veth", "peer", "name", "net2");
        Calls calls = calls(", 'master': 'net1', 'linkInContainer': true" + hostLocal());
        CniResult result = bed.add(calls);
        assertThat(eth0().parent()).isEqualTo(bed.containerLink("net1").orElseThrow().index());
        bed.check(calls.prevResult(result));
        bed.del(calls);
    }

    @Test
    void mtu_mayBeLargerThanTheMasters() throws Exception {
        bed.add(calls(MASTER + ", 'mtu': 9000" + hostLocal()));
        assertThat(eth0().mtu()).isEqualTo(9000);
    }

    @ParameterizedTest
    @ValueSource(strings = {", 'master': 'nosuch'", ", 'master': 'outside', 'mtu': -1"})
    void add_ofWhatCannotBe_leavesNothing(String keys) throws Exception {
        assertThatThrownBy(() -> bed.add(calls(keys + hostLocal())))
                .isInstanceOf(CniException.class)
                .hasMessageMatching(
                        "(failed to lookup master \"nosuch\": Link not found|invalid MTU -1).*");
        assertThat(bed.containerLink("eth0")).isEmpty();
        assertThat(reserved()).isEmpty();
        bed.del(calls(keys + hostLocal()).set("CNI_NETNS", "/run/netns/gone"));
    }

    @Test
    void check_noticesWhatIsDifferent() throws Exception {
        CniResult result = bed.add(calls(MASTER + hostLocal()));
        assertThatThrownBy(() ->
                        bed.check(
                                calls(MASTER + ", 'mode': 'l3'" + hostLocal()).prevResult(result)))
                .hasMessage("Container IPVlan mode l2 does not match expected value: l3");
        Calls check = calls(MASTER + hostLocal()).prevResult(result);
        bed.inContainer("ip", "route", "delete", "default");
        assertThatThrownBy(() -> bed.check(check)).hasMessageContaining("0.0.0.0/0");
        bed.onHost("ip", "link", "delete", "outside");
        assertThatThrownBy(() -> bed.check(check))
                .hasMessage("Container Interface name in prevResult: eth0 not found");
    }

    @Test
    void status_looksForTheMaster() throws Exception {
        bed.status(calls(MASTER + hostLocal()));
        assertThatThrownBy(() -> bed.status(calls(", 'master': 'nosuch'" + hostLocal())))
                .isInstanceOfSatisfying(
                        CniException.class, e -> assertThat(e.code()).isEqualTo(51));
    }
}
