package dev.kakehashi.plugins.macvlan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.cni.result.ResultCodec;
import dev.kakehashi.plugins.Calls;
import dev.kakehashi.plugins.GoldenPlan;
import dev.kakehashi.plugins.attachment.Attachment;
import dev.kakehashi.plugins.single.InterfaceState;
import dev.kakehashi.state.LinkRef;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MacvlanInterfaceTest {

    private static final String RESULT =
            "'ips': [{'address': '10.1.2.2/24', 'gateway': '10.1.2.1'}, {'address':"
                    + " '2001:db8:42::2/64', 'gateway': '2001:db8:42::1'}], 'routes': [{'dst':"
                    + " '0.0.0.0/0'}, {'dst': '::/0'}]";

    private static MacvlanConfig config(String keys) throws Exception {
        return MacvlanConfig.parse(
                Calls.with("{'cniVersion': '1.1.0', 'name': 'net', 'type': 'macvlan'" + keys + "}")
                        .request(CniCommand.ADD));
    }

    private static MacvlanInterface made(String keys, LinkRef master) throws Exception {
        return new MacvlanInterface(
                new Attachment("net", "container-1", "eth0"), config(keys), master);
    }

    private static CniResult result() throws Exception {
        return ResultCodec.decode(Calls.parse("{'cniVersion': '1.1.0', " + RESULT + "}"));
    }

    @Test
    void layer3_hasAddressesAndAnnouncesThem() throws Exception {
        String keys =
                ", 'mode': 'private', 'mtu': 1400, 'mac': '02:00:00:00:00:07', 'bcqueuelen': 2000";
        GoldenPlan.assertPlan(
                InterfaceState.layer3(made(keys, LinkRef.host("ens1")), result()), "macvlan");
    }

    @Test
    void layer2_isUpWithoutAddresses() throws Exception {
        GoldenPlan.assertPlan(
                InterfaceState.layer2(made("", LinkRef.container("net1"))), "macvlan-layer2");
    }

    @Test
    void link_forDhcp_isDown() throws Exception {
        GoldenPlan.assertPlan(InterfaceState.link(made("", LinkRef.host("ens1"))), "macvlan-link");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            textBlock =
                    """
                    'mode': 'bride'          | unknown macvlan mode: "bride"
                    'mac': '02:00'           | invalid args 02:00 for MAC addr: address 02:00: invalid MAC address
                    'runtimeConfig': {'mac': 'x'} | invalid args x for MAC addr: address x: invalid MAC address
                    'bcqueuelen': -1         | invalid bcqueuelen -1 (must not be negative)
                    'master': '../x'         | "../x"
                    """)
    void parse_ofWhatCannotBe_isRefused(String keys, String message) {
        assertThatThrownBy(() -> config(", " + keys))
                .isInstanceOfSatisfying(
                        CniException.class,
                        e -> assertThat(e.code()).isEqualTo(CniException.INVALID_CONFIG))
                .hasMessageContaining(message);
    }

    @Test
    void mac_ofTheRuntimeWinsOverCniArgsAndTheConfiguration() throws Exception {
        String own = ", 'mac': '02:00:00:00:00:01'";
        assertThat(config(own).mac().orElseThrow()).hasToString("02:00:00:00:00:01");
        String config = "{'cniVersion': '1.1.0', 'name': 'net', 'type': 'macvlan'" + own;
        assertThat(
                        MacvlanConfig.parse(
                                        Calls.with(config + "}")
                                                .set("CNI_ARGS", "MAC=02:00:00:00:00:02")
                                                .request(CniCommand.ADD))
                                .mac()
                                .orElseThrow())
                .hasToString("02:00:00:00:00:02");
        assertThat(
                        MacvlanConfig.parse(
                                        Calls.with(
                                                        config
                                                                + ", 'runtimeConfig': {'mac':"
                                                                + " '02:00:00:00:00:03'}}")
                                                .set("CNI_ARGS", "MAC=02:00:00:00:00:02")
                                                .request(CniCommand.ADD))
                                .mac()
                                .orElseThrow())
                .hasToString("02:00:00:00:00:03");
    }
}
