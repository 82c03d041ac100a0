package dev.kakehashi.plugins.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonParser;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.plugins.Calls;
import dev.kakehashi.plugins.PluginBed;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.RequiresFeature;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

@KernelTest
@RequiresFeature("bridge-vlan-filtering")
class BridgeVlanTest {

    @TempDir Path data;
    @RegisterExtension final PluginBed bed = PluginBed.ofEachTest();

    private static String config(String keys) {
        return "{'cniVersion': '1.1.0', 'name': 'net', 'type': 'bridge', 'bridge': 'br0'%s}"
                .formatted(keys);
    }

    private Calls calls(String keys) {
        return bed.calls(config(keys));
    }

    private String hostLocal(String... subnets) {
        List<String> ranges = new ArrayList<>();
        for (String subnet : subnets) {
            ranges.add("[{'subnet': '" + subnet + "'}]");
        }
        return ", 'ipam': {'type': 'host-local', %s, 'ranges': [%s]}"
                .formatted(PluginBed.dataDir(data), String.join(", ", ranges));
    }

    /** The VLANs of a port: {@code 1 PVID Egress Untagged, 200-210}. */
    private String vlans(String port) throws Exception {
        List<String> vlans = new ArrayList<>();
        String json = bed.onHost("bridge", "-j", "-compressvlans", "vlan", "show", "dev", port);
        JsonObject device =
                JsonParser.parseObject("{\"ports\":" + json + "}").objects("ports").getFirst();
        for (JsonObject vlan : device.objects("vlans")) {
            long first = vlan.integer("vlan").orElseThrow();
            long last = vlan.integer("vlanEnd").orElse(first);
            StringBuilder text = new StringBuilder().append(first);
            if (last != first) {
                text.append('-').append(last);
            }
            for (String flag : vlan.strings("flags")) {
                text.append(' ').append(flag);
            }
            vlans.add(text.toString());
        }
        return String.join(", ", vlans);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            textBlock =
                    """
                    'vlan': 100                                      | 100 PVID Egress Untagged
                    'vlan': 100, 'preserveDefaultVlan': true          | 1 Egress Untagged, 100 PVID Egress Untagged
                    'vlanTrunk': [{'id': 101}, {'minID': 200, 'maxID': 210}] | 1 PVID Egress Untagged, 101, 200-210
                    'vlan': 100, 'vlanTrunk': [{'id': 101}]           | 100 PVID Egress Untagged, 101
                    'vlanTrunk': []                                   | 1 PVID Egress Untagged
                    """)
    void port_isInTheVlansThatAreAskedFor(String keys, String expected) throws Exception {
        Calls calls = calls(", " + keys);
        CniResult result = bed.add(calls);
        assertThat(bed.onHost("ip", "-d", "link", "show", "br0")).contains("vlan_filtering 1");
        assertThat(vlans(result.interfaces().get(1).name())).isEqualTo(expected);
        bed.check(calls.prevResult(result));
        bed.del(calls);
    }

    @Test
    void gatewayOfAVlan_isAsLargeAsTheBridge_andConflictsAreNamed() throws Exception {
        bed.onHost(
                "ip", "link", "add", "br0", "mtu", "1400", "type", "bridge", "vlan_filtering", "1");
        String keys = ", 'isGateway': true, 'vlan': 100" + hostLocal("10.1.2.0/24");
        bed.add(calls(keys));
        assertThat(bed.hostLink("br0.100").orElseThrow().mtu()).isEqualTo(1400);

        String other = ", 'isGateway': true, 'vlan': 100" + hostLocal("10.1.3.0/24");
        assertThatThrownBy(() -> bed.add(calls(other).container("second", "eth1")))
                .hasMessageStartingWith(
                        "failed to set vlan interface for bridge with addr: \"br0.100\" already has an"
                                + " IP address different from 10.1.3.1/24");
    }

    @Test
    void gatewayOfAVlan_hasALinkOfItsOwn() throws Exception {
        String keys =
                ", 'isGateway': true, 'vlan': 100" + hostLocal("10.1.2.0/24", "2001:db8:42::/64");
        CniResult result = bed.add(calls(keys));
        assertThat(result.interfaces().stream().map(entry -> entry.name()))
                .contains("br0.100")
                .hasSize(4);
        assertThat(bed.onHost("ip", "-o", "address", "show", "dev", "br0.100"))
                .contains("10.1.2.1/24")
                .contains("2001:db8:42::1/64");
        assertThat(bed.onHost("ip", "-4", "-o", "address", "show", "dev", "br0")).isEmpty();
        bed.ping("10.1.2.1");
        bed.ping("2001:db8:42::1");

        Netns sibling = bed.anotherContainer();
        Calls second =
                calls(keys).container("second", "eth0").set("CNI_NETNS", PluginBed.path(sibling));
        bed.add(second);
        bed.ping("10.1.2.3");
        Netns stranger = bed.anotherContainer();
        String otherVlan =
                ", 'vlan': 200, 'ipam': {'type': 'static', 'addresses': [{'address':"
                        + " '10.1.2.77/24'}]}";
        bed.add(
                calls(otherVlan)
                        .container("stranger", "eth0")
                        .set("CNI_NETNS", PluginBed.path(stranger)));
        assertThatThrownBy(() -> bed.ping("10.1.2.77")).isInstanceOf(AssertionError.class);

        Calls check = calls(keys).prevResult(result);
        bed.check(check);
        String port = result.interfaces().get(1).name();
        bed.onHost("bridge", "vlan", "add", "dev", port, "vid", "7");
        assertThatThrownBy(() -> bed.check(check))
                .isInstanceOf(CniException.class)
                .hasMessageContaining("not as it was made");
        bed.onHost("bridge", "vlan", "delete", "dev", port, "vid", "7");
        bed.check(check);

        bed.gc(bed.gcCalls(config(keys), "dummy", "eth0"));
        bed.check(check);
        bed.ping("10.1.2.1");
        assertThatThrownBy(() -> bed.ping("10.1.2.3")).isInstanceOf(AssertionError.class);
        bed.del(check);
        assertThat(bed.hostLink(port)).isEmpty();
        assertThat(bed.hostLink("br0.100")).isPresent();
    }
}
