package dev.kakehashi.plugins.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.plugins.Calls;
import dev.kakehashi.plugins.PluginBed;
import dev.kakehashi.testing.KernelTest;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;

/** CHECK and STATUS: what is there is found right, and what is missing is named. */
@KernelTest
class BridgeCheckTest {

    private static final String DUAL_STACK =
            "[{'subnet': '10.1.2.0/24'}], [{'subnet': '2001:db8:42::/64'}]";

    @TempDir Path data;
    @RegisterExtension final PluginBed bed = PluginBed.ofEachTest();

    private Calls calls(String keys) {
        return bed.calls(
                "{'cniVersion': '1.1.0', 'name': 'net', 'type': 'bridge', 'bridge': 'bridge0'%s}"
                        .formatted(keys));
    }

    private String hostLocal() {
        return ", 'ipam': {'type': 'host-local', %s, 'ranges': [%s]}"
                .formatted(PluginBed.dataDir(data), DUAL_STACK);
    }

    private void failsWith(Calls check, String text) {
        assertThatThrownBy(() -> bed.check(check))
                .isInstanceOf(CniException.class)
                .hasMessageContaining(text);
    }

    @Test
    void check_noticesChangesInTheContainer() throws Exception {
        String keys = ", 'isDefaultGateway': true" + hostLocal();
        CniResult result = bed.add(calls(keys));
        Calls check = calls(keys).prevResult(result);
        bed.check(check);

        bed.inContainer("ip", "route", "delete", "default");
        failsWith(check, "Expected Route {Dst:0.0.0.0/0");
        bed.inContainer("ip", "route", "add", "default", "via", "10.1.2.1");
        bed.check(check);

        bed.inContainer("ip", "-6", "route", "delete", "default");
        failsWith(check, "Expected Route {Dst:::/0");
        bed.inContainer("ip", "route", "add", "default", "via", "2001:db8:42::1");
        bed.check(check);

        bed.inContainer("ip", "link", "set", "eth0", "address", "02:00:00:00:00:01");
        failsWith(check, "doesn't match container Mac: 02:00:00:00:00:01");
        bed.inContainer("ip", "link", "set", "eth0", "address", result.interfaces().get(2).mac());

        bed.inContainer("ip", "address", "delete", "10.1.2.2/24", "dev", "eth0");
        failsWith(check, "Failed to match addr 10.1.2.2/24 on interface eth0");

        bed.inContainer("ip", "link", "delete", "eth0");
        failsWith(check, "Interface name eth0 not found");
    }

    @Test
    void check_noticesChangesOfThePort() throws Exception {
        String keys =
                ", 'isGateway': true, 'hairpinMode': true, 'portIsolation': true" + hostLocal();
        CniResult result = bed.add(calls(keys));
        Calls check = calls(keys).prevResult(result);
        String port = result.interfaces().get(1).name();
        bed.check(check);

        for (String attribute : new String[] {"hairpin", "isolated"}) {
            bed.onHost("ip", "link", "set", port, "type", "bridge_slave", attribute, "off");
            failsWith(check, "the attachment of \"eth0\" is not as it was made");
            bed.onHost("ip", "link", "set", port, "type", "bridge_slave", attribute, "on");
            bed.check(check);
        }
        bed.onHost("ip", "link", "set", port, "down");
        assertThatThrownBy(() -> bed.check(check)).isInstanceOf(CniException.class);
        bed.onHost("ip", "link", "set", port, "up");
        bed.check(check);

        bed.onHost("ip", "link", "set", port, "nomaster");
        failsWith(check, "CNI veth created for bridge bridge0 was not found");
    }

    @Test
    void check_noticesChangesOfTheBridge() throws Exception {
        String keys = ", 'isGateway': true, 'promiscMode': true" + hostLocal();
        CniResult result = bed.add(calls(keys));
        Calls check = calls(keys).prevResult(result);
        bed.check(check);

        bed.onHost("ip", "link", "set", "bridge0", "promisc", "off");
        failsWith(check, "configured Promisc Mode true doesn't match current state: false");
        bed.onHost("ip", "link", "set", "bridge0", "promisc", "on");

        bed.onHost("ip", "address", "delete", "10.1.2.1/24", "dev", "bridge0");
        failsWith(check, "not as it was made");
        bed.onHost("ip", "address", "add", "10.1.2.1/24", "dev", "bridge0");
        bed.onHost("sysctl", "-qw", "net.ipv4.ip_forward=0");
        failsWith(check, "not as it was made");
        bed.onHost("sysctl", "-qw", "net.ipv4.ip_forward=1");
        bed.check(check);

        bed.onHost("ip", "link", "delete", "bridge0");
        failsWith(check, "Interface name bridge0 not found");
    }

    @ParameterizedTest
    @ValueSource(strings = {"iptables", "nftables"})
    void check_noticesMasqueradeThatIsGone(String backend) throws Exception {
        String keys =
                ", 'isGateway': true, 'ipMasq': true, 'ipMasqBackend': '%s'".formatted(backend)
                        + hostLocal();
        Calls check = calls(keys).prevResult(bed.add(calls(keys)));
        bed.check(check);
        if (backend.equals("nftables")) {
            bed.onHost("nft", "flush", "chain", "inet", "cni_plugins_masquerade", "postrouting");
        } else {
            bed.onHost("ip6tables", "-t", "nat", "-F", "POSTROUTING");
        }
        assertThatThrownBy(() -> bed.check(check)).isInstanceOf(CniException.class);
    }

    @Test
    void check_noticesSpoofRulesThatAreGone() throws Exception {
        String keys = ", 'macspoofchk': true" + hostLocal();
        Calls check = calls(keys).prevResult(bed.add(calls(keys)));
        bed.check(check);
        bed.onHost("nft", "flush", "chain", "bridge", "nat", "cni-br-iface-dummy-eth0-mac");
        failsWith(check, "not as it was made");
    }

    @Test
    void check_withoutAddresses_works() throws Exception {
        Calls check = calls("").prevResult(bed.add(calls("")));
        bed.check(check);
        bed.inContainer("ip", "link", "set", "eth0", "address", "02:00:00:00:00:01");
        failsWith(check, "doesn't match container Mac");
    }

    @Test
    void check_withoutPrevResultOrReservation_fails() throws Exception {
        CniResult result = bed.add(calls(hostLocal()));
        failsWith(calls(hostLocal()), "Required prevResult missing");
        bed.plugin("host-local").del(calls(hostLocal()).request(dev.kakehashi.cni.CniCommand.DEL));
        assertThatThrownBy(() -> bed.check(calls(hostLocal()).prevResult(result)))
                .isInstanceOf(CniException.class);
        failsWith(
                calls("").prevResult(result).set("CNI_NETNS", PluginBed.path(bed.host())),
                "doesn't match configured netns");
    }

    @Test
    void status_isThatOfConfigurationIpamAndFilters() throws Exception {
        bed.status(calls(", 'ipMasq': true, 'macspoofchk': true, 'isGateway': true" + hostLocal()));
        bed.status(calls(""));
        assertThatThrownBy(() -> bed.status(calls(", 'vlan': 5000")))
                .hasMessage("invalid VLAN ID 5000 (must be between 0 and 4094)");
        String tiny =
                ", 'ipam': {'type': 'host-local', %s, 'subnet': '10.9.9.0/30'}"
                        .formatted(PluginBed.dataDir(data));
        bed.status(calls(tiny));
        bed.add(calls(tiny));
        assertThatThrownBy(() -> bed.status(calls(tiny)))
                .isInstanceOfSatisfying(
                        CniException.class, e -> assertThat(e.code()).isEqualTo(50));
    }
}
