package dev.kakehashi.plugins.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.plugins.Calls;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BridgeConfigTest {

    private static BridgeConfig parse(Calls calls) throws CniException {
        return BridgeConfig.parse(calls.request(CniCommand.ADD));
    }

    private static Calls calls(String keys) {
        return Calls.with("{'cniVersion': '1.0.0', 'name': 'n', 'type': 'bridge'" + keys + "}");
    }

    @Test
    void defaults() throws Exception {
        BridgeConfig config = parse(calls(""));
        assertThat(config.bridge()).isEqualTo("cni0");
        assertThat(config.containerInterfaceUp()).isTrue();
        assertThat(config.gateway()).isFalse();
        assertThat(config.masqueradeBackend()).isEmpty();
        assertThat(config.trunk()).isEmpty();
        assertThat(config.filtersVlans()).isFalse();
        assertThat(config.hostInterfaceName()).isEmpty();
        assertThat(config.mac()).isEmpty();
    }

    @Test
    void keysAreFoundWhateverTheirCase() throws Exception {
        assertThat(parse(calls(", 'Bridge': 'br7', 'ISGATEWAY': true")).bridge()).isEqualTo("br7");
    }

    @Test
    void isDefaultGateway_impliesIsGateway() throws Exception {
        assertThat(parse(calls(", 'isDefaultGateway': true")).gateway()).isTrue();
    }

    @Test
    void vlanTrunk_presentButEmpty_filtersVlans() throws Exception {
        assertThat(parse(calls(", 'vlanTrunk': []")).filtersVlans()).isTrue();
        assertThat(parse(calls(", 'vlanTrunk': null")).filtersVlans()).isFalse();
        assertThat(parse(calls(", 'vlan': 7")).filtersVlans()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "7 | 'vlan': -100 | invalid VLAN ID -100 (must be between 0 and 4094)",
                "7 | 'vlan': 5000 | invalid VLAN ID 5000 (must be between 0 and 4094)",
                "7 | 'hairpinMode': true, 'promiscMode': true"
                        + " | cannot set hairpin mode and promiscuous mode at the same time",
                "7 | 'disableContainerInterface': true, 'ipam': {'type': 'static'}"
                        + " | cannot use IPAM when DisableContainerInterface flag is set",
                "7 | 'mtu': -1 | invalid MTU -1 (must be between 0 and 65535)",
                "7 | 'bridge': 'a/b' | \"a/b\": interface name contains / or : or whitespace characters",
                "7 | 'bridge': 'abcdefghijklmnop' | \"abcdefghijklmnop\": interface name is too long;"
                        + " interface name should be less than 16 characters",
                "7 | 'hostInterfaceName': 'cni0' | hostInterfaceName is the name of the bridge: \"cni0\"",
                "7 | 'runtimeConfig': {'mac': 'x'} | address x: invalid MAC address",
                "7 | 'runtimeConfig': {'mac': '01:00:00:00:00:01'} | address 01:00:00:00:00:01: not"
                        + " the MAC address of a single interface",
                "6 | 'vlan': '7' | \"vlan\" must be a whole number, not a string (\"7\")",
                "6 | 'isGateway': 'yes' | \"isGateway\" must be true or false, not a string (\"yes\")",
            })
    void malformed_saysWhat(int code, String keys, String msg) {
        assertThatThrownBy(() -> parse(calls(", " + keys)))
                .isInstanceOfSatisfying(
                        CniException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessage(msg);
    }

    @Test
    void mac_theLastOfThreeWins() throws Exception {
        String runtime = ", 'runtimeConfig': {'mac': 'c2:11:22:33:44:55'}";
        String args = ", 'args': {'cni': {'mac': 'c2:11:22:33:44:66'}}";
        String environment = "IgnoreUnknown=1;MAC=c2:11:22:33:44:77;K8S_POD_NAME=x";
        assertThat(parse(calls("").set("CNI_ARGS", environment)).mac())
                .contains(MacAddress.parse("c2:11:22:33:44:77"));
        assertThat(parse(calls(args).set("CNI_ARGS", environment)).mac())
                .contains(MacAddress.parse("c2:11:22:33:44:66"));
        assertThat(parse(calls(args + runtime).set("CNI_ARGS", environment)).mac())
                .contains(MacAddress.parse("c2:11:22:33:44:55"));
    }

    @Test
    void hostInterfaceName_ofTheContainerBeatsThatOfTheNetwork() throws Exception {
        String network = ", 'hostInterfaceName': 'pod'";
        assertThat(parse(calls(network)).hostInterfaceName()).contains("pod");
        assertThat(
                        parse(
                                        calls(
                                                network
                                                        + ", 'args': {'cni':"
                                                        + " {'hostInterfaceName': 'web'}}"))
                                .hostInterfaceName())
                .contains("web");
    }
}
