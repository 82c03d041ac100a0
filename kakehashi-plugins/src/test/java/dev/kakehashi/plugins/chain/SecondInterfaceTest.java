package dev.kakehashi.plugins.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.plugins.Calls;
import dev.kakehashi.plugins.PluginBed;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;

/**
 * A second interface as Multus attaches it: macvlan or a device of the host, with plugins chained
 * behind it. The other end of the device is another node, 192.0.2.2.
 */
@KernelTest
class SecondInterfaceTest {

    private static final String FIRST =
            "{'cniVersion': '1.1.0', 'name': 'pods', 'type': 'bridge', 'bridge': 'br0',"
                    + " 'isDefaultGateway': true, 'ipam': {'type': 'static', 'addresses':"
                    + " [{'address': '10.1.0.2/24', 'gateway': '10.1.0.1'}]}}";

    private static final String IPAM =
            ", 'ipam': {'type': 'static', 'addresses': [{'address': '192.0.2.7/24', 'gateway':"
                    + " '192.0.2.2'}], 'routes': [{'dst': '198.51.100.0/24'}]}";

    private static Calls calls(PluginBed bed, String type, String keys) {
        return bed.calls(
                        "{'cniVersion': '1.1.0', 'name': 'second', 'type': '%s'%s}"
                                .formatted(type, keys))
                .container("dummy", "net1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"macvlan, 'master'", "host-device, 'device'"})
    void tuningAndSbr_workBehindIt_andBandwidthSaysWhatItNeeds(
            String main, @TempDir Path root, TestNamespaces namespaces) throws Exception {
        try (PluginBed bed = PluginBed.below(root, namespaces)) {
            Netns outside = bed.outside();
            // Of the other node only: what is answered came by the second interface.
            TestNamespaces.run(outside, "ip", "address", "add", "198.51.100.1/32", "dev", "lo");
            Link device = bed.hostLink("outside").orElseThrow();
            bed.add(bed.calls(FIRST));
            String type = main.substring(0, main.indexOf(','));
            Calls link = calls(bed, type, main.substring(type.length()) + ": 'outside'" + IPAM);
            Calls tuning =
                    calls(
                            bed,
                            "tuning",
                            ", 'mtu': 1400, 'mac': '02:00:00:00:00:17', 'sysctl':"
                                    + " {'net.ipv4.conf.IFNAME.arp_ignore': '1'}");
            Calls sbr = calls(bed, "sbr", "");

            CniResult result = bed.add(tuning.prevResult(bed.add(link)));
            result = bed.add(sbr.prevResult(result));

            assertThat(result.interfaces().getLast().mac()).isEqualTo("02:00:00:00:00:17");
            assertThat(bed.containerLink("net1").orElseThrow().mtu()).isEqualTo(1400);
            assertThat(bed.inContainer("ip", "rule")).contains("from 192.0.2.7 lookup 100");
            assertThat(bed.inContainer("ip", "route", "show", "table", "100"))
                    .contains("default via 192.0.2.2 dev net1");
            assertThat(bed.inContainer("ip", "route", "get", "198.51.100.1"))
                    .as("what has not the address of the second interface")
                    .contains("dev eth0");
            for (String to : new String[] {"192.0.2.2", "198.51.100.1"}) {
                bed.inContainer("ping", "-n", "-c", "1", "-W", "2", "-I", "192.0.2.7", to);
            }
            bed.check(link.prevResult(result));
            bed.check(tuning.prevResult(result));
            bed.check(sbr.prevResult(result));

            Calls bandwidth = calls(bed, "bandwidth", ", 'egressRate': 8000, 'egressBurst': 8000");
            CniResult before = result;
            assertThatThrownBy(() -> bed.add(bandwidth.prevResult(before)))
                    .isInstanceOfSatisfying(
                            CniException.class, e -> assertThat(e.details()).contains("veth pair"));

            for (Calls each : new Calls[] {bandwidth, sbr, tuning, link}) {
                bed.del(each);
            }
            assertThat(bed.containerLink("net1")).isEmpty();
            assertThat(bed.inContainer("ip", "rule")).doesNotContain("192.0.2.7");
            assertThat(bed.inContainer("ip", "route", "show", "table", "all"))
                    .doesNotContain("192.0.2.", "198.51.100.");
            Link after = bed.hostLink("outside").orElseThrow();
            assertThat(after.mtu()).isEqualTo(device.mtu());
            assertThat(after.mac()).isEqualTo(device.mac());
            assertThat(root.resolve("run/cni/tuning/dummy_net1.json")).doesNotExist();
        }
    }
}
