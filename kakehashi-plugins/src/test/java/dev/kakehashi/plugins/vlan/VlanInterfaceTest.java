package dev.kakehashi.plugins.vlan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.result.ResultCodec;
import dev.kakehashi.plugins.Calls;
import dev.kakehashi.plugins.GoldenPlan;
import dev.kakehashi.plugins.attachment.Attachment;
import dev.kakehashi.plugins.single.InterfaceState;
import dev.kakehashi.state.LinkRef;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VlanInterfaceTest {

    private static final String IPAM = ", 'ipam': {'type': 'host-local'}";

    private static VlanConfig config(String keys) throws Exception {
        return VlanConfig.parse(
                Calls.with("{'cniVersion': '1.1.0', 'name': 'net', 'type': 'vlan'" + keys + "}")
                        .request(CniCommand.ADD));
    }

    @Test
    void layer3_isAVlanWithAddresses() throws Exception {
        VlanInterface made =
                new VlanInterface(
                        new Attachment("net", "container-1", "eth0"),
                        config(", 'master': 'ens1', 'vlanId': 100, 'mtu': 1400" + IPAM),
                        LinkRef.host("ens1"));
        GoldenPlan.assertPlan(
                InterfaceState.layer3(
                        made,
                        ResultCodec.decode(
                                Calls.parse(
                                        "{'cniVersion': '1.1.0', 'ips': [{'address':"
                                                + " '10.1.2.2/24', 'gateway': '10.1.2.1'}],"
                                                + " 'routes': [{'dst': '0.0.0.0/0'}]}"))),
                "vlan");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            textBlock =
                    """
                    'vlanId': 5                       | master" field is required. It specifies the host interface name
                    'master': 'ens1', 'vlanId': -1    | invalid VLAN ID -1 (must be between 0 and 4095 inclusive)
                    'master': 'ens1', 'vlanId': 4095  | invalid VLAN ID 4095 (must be between 0 and 4095 inclusive)
                    'master': 'ens1', 'ipam': {}      | failed to execute IPAM delegate: vlan needs an IPAM plugin
                    """)
    void parse_ofWhatCannotBe_isRefused(String keys, String message) {
        assertThatThrownBy(() -> config(", " + keys))
                .isInstanceOfSatisfying(
                        CniException.class,
                        e -> assertThat(e.code()).isEqualTo(CniException.INVALID_CONFIG))
                .hasMessageContaining(message);
    }
}
