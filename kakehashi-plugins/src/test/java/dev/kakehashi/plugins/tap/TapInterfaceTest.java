package dev.kakehashi.plugins.tap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.result.ResultCodec;
import dev.kakehashi.plugins.Calls;
import dev.kakehashi.plugins.attachment.Attachment;
import dev.kakehashi.plugins.single.InterfaceState;
import dev.kakehashi.state.Address;
import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.Link;
import dev.kakehashi.state.NamespaceId;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TapInterfaceTest {

    private static TapConfig config(String keys) throws Exception {
        return TapConfig.parse(
                Calls.with("{'cniVersion': '1.1.0', 'name': 'net', 'type': 'tap'" + keys + "}")
                        .request(CniCommand.ADD));
    }

    @Test
    void layer3_setsWhatIsThere() throws Exception {
        TapInterface made =
                new TapInterface(
                        new Attachment("net", "container-1", "eth0"),
                        config(", 'mtu': 1400, 'mac': '02:00:00:00:00:07', 'bridge': 'br0'"));
        DesiredState state =
                InterfaceState.layer3(
                        made,
                        ResultCodec.decode(
                                Calls.parse(
                                        "{'cniVersion': '1.1.0', 'ips': [{'address':"
                                                + " '10.1.2.2/24'}, {'address':"
                                                + " '2001:db8:42::2/64'}]}")));
        Link link = made.link().up(true).build();
        assertThat(state.byKey(NamespaceId.CONTAINER)).containsValue(link);
        assertThat(link.master()).contains("br0");
        assertThat(link.settings().mtu()).hasValue(1400);
        assertThat(link.settings().wantsUp()).isTrue();
        Address ipv6 =
                (Address)
                        state.byKey(NamespaceId.CONTAINER).values().stream()
                                .filter(Address.class::isInstance)
                                .skip(1)
                                .findFirst()
                                .orElseThrow();
        assertThat(ipv6.equals(ipv6.withoutDad())).isTrue();
    }

    @Test
    void arguments_saysWhoMayAttach() throws Exception {
        String keys =
                ", 'selinuxContext': 'system_u:system_r:container_t:s0', 'multiQueue': true,"
                        + " 'owner': 107, 'group': 4294967294";
        assertThat(String.join(" ", LabelledTap.arguments("eth0", config(keys))))
                .isEqualTo(
                        "system_u:system_r:container_t:s0 ip tuntap add mode tap name eth0"
                                + " multi_queue user 107 group 4294967294");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            textBlock =
                    """
                    'owner': -1          | invalid owner -1 (must be between 0 and 4294967294)
                    'group': 4294967295  | invalid group 4294967295 (must be between 0 and 4294967294)
                    'mtu': 65536         | invalid MTU 65536 (must be between 0 and 65535)
                    'mac': '02:00'       | invalid args 02:00 for MAC addr: address 02:00: invalid MAC address
                    'bridge': 'a/b'      | interface name contains /
                    """)
    void parse_ofWhatCannotBe_isRefused(String keys, String message) {
        assertThatThrownBy(() -> config(", " + keys))
                .isInstanceOfSatisfying(
                        CniException.class,
                        e -> assertThat(e.code()).isEqualTo(CniException.INVALID_CONFIG))
                .hasMessageContaining(message);
    }
}
