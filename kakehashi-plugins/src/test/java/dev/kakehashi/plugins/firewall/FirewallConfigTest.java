package dev.kakehashi.plugins.firewall;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.plugins.Calls;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FirewallConfigTest {

    static FirewallConfig parse(String keys) throws CniException {
        return FirewallConfig.parse(
                Calls.with(
                                "{'cniVersion': '1.1.0', 'name': 'net', 'type': 'firewall'%s}"
                                        .formatted(keys.isEmpty() ? "" : ", " + keys))
                        .request(CniCommand.ADD));
    }

    @Test
    void defaults_areTheReferences() throws Exception {
        FirewallConfig config = parse("");
        assertThat(config.backend()).isEmpty();
        assertThat(config.adminChain()).isEqualTo("CNI-ADMIN");
        assertThat(config.zone()).isEqualTo("trusted");
        assertThat(config.policy()).isEqualTo(IngressPolicy.OPEN);
        assertThat(parse("'backend': '', 'ingressPolicy': 'open'")).isEqualTo(config);
        assertThat(parse("'iptablesAdminChainName': '', 'firewalldZone': ''")).isEqualTo(config);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "'ingressPolicy': 'x' | unknown ingress policy: 'x'",
                "'backend': 'ipfw' | unknown firewall backend: 'ipfw' (iptables, nftables or"
                        + " firewalld)",
                "'iptablesAdminChainName': 'a b' | iptablesAdminChainName: no name of a chain: 'a b'",
                "'iptablesAdminChainName': '1st' | iptablesAdminChainName: no name of a chain: '1st'"
            })
    void invalidKeys_areRefused(String keys, String message) {
        assertThatThrownBy(() -> parse(keys))
                .isInstanceOfSatisfying(CniException.class, e -> assertThat(e.code()).isEqualTo(7))
                .hasMessage(message.replace('\'', '"'));
    }
}
