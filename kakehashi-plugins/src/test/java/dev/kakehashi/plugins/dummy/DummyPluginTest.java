package dev.kakehashi.plugins.dummy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.linux.rtnetlink.Dummy;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.plugins.Calls;
import dev.kakehashi.plugins.PluginBed;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.RequiresFeature;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@KernelTest
@RequiresFeature("dummy")
class DummyPluginTest {

    private static final String IPAM =
            ", 'ipam': {'type': 'static', 'addresses': [{'address': '10.1.2.2/32'}, {'address':"
                    + " '2001:db8:42::2/128'}], 'dns': {'nameservers': ['10.1.2.53']}}";

    @RegisterExtension final PluginBed bed = PluginBed.ofEachTest();

    private Calls calls(String version, String keys) {
        return bed.calls(
                "{'cniVersion': '%s', 'name': 'mynet', 'type': 'dummy'%s}"
                        .formatted(version, keys));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.2.0", "0.4.0", "1.0.0", "1.1.0"})
    void add_makesADummyWithAddresses_andDelRemoves(String version) throws Exception {
        bed.onHost("ip", "link", "add", "eth0", "type", "veth", "peer", "name", "eth1");
        Calls calls = calls(version, IPAM);
        CniResult result = bed.add(calls);
        Link eth0 = bed.containerLink("eth0").orElseThrow();
        assertThat(eth0.kind()).contains(new Dummy());
        assertThat(eth0.isUp()).isTrue();
        assertThat(eth0.alias()).isEqualTo("kakehashi:mynet/dummy/eth0");
        assertThat(result.dns().nameservers()).containsExactly("10.1.2.53");
        bed.inContainer("ip", "link", "set", "lo", "up"); // over which own addresses are reached
        bed.ping("10.1.2.2");
        bed.ping("2001:db8:42::2");
        if (!version.equals("0.2.0")) {
            bed.check(calls.prevResult(result));
            bed.inContainer("ip", "link", "set", "eth0", "down");
            assertThatThrownBy(() -> bed.check(calls)).hasMessage("Interface eth0 is down");
        }
        bed.del(calls);
        bed.del(calls);
        assertThat(bed.containerLink("eth0")).isEmpty();
        assertThat(bed.hostLink("eth0")).isPresent();
    }

    @Test
    void withoutIpam_isRefused() throws Exception {
        assertThatThrownBy(() -> bed.add(calls("1.1.0", "")))
                .isInstanceOf(CniException.class)
                .hasMessageStartingWith("dummy interface requires an IPAM configuration");
        assertThatThrownBy(() -> bed.status(calls("1.1.0", ""))).isInstanceOf(CniException.class);
        bed.del(calls("1.1.0", ""));
        bed.del(calls("1.1.0", IPAM).set("CNI_NETNS", ""));
        bed.status(calls("1.1.0", IPAM));
    }

    @Test
    void check_ofAnotherKind_fails() throws Exception {
        CniResult result = bed.add(calls("1.1.0", IPAM));
        assertThatThrownBy(() -> bed.check(calls("1.1.0", IPAM)))
                .hasMessageContaining("Required prevResult missing");
        assertThatThrownBy(() -> bed.add(calls("1.1.0", IPAM)))
                .hasMessageStartingWith("failed to create dummy: file exists");
        bed.inContainer("ip", "link", "delete", "eth0");
        bed.inContainer("ip", "link", "add", "eth0", "type", "veth", "peer", "name", "eth1");
        assertThatThrownBy(() -> bed.check(calls("1.1.0", IPAM).prevResult(result)))
                .hasMessage("Error: Container interface eth0 not of type dummy");
    }
}
