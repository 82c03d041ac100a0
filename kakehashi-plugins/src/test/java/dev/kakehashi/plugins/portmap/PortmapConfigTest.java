package dev.kakehashi.plugins.portmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.nft.TransportProtocol;
import dev.kakehashi.plugins.Calls;
import dev.kakehashi.plugins.masquerade.Backend;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.Optional;

class PortmapConfigTest {

    private static PortmapConfig parse(String keys) throws CniException {
        return PortmapConfig.parse(
                Calls.with(
                                "{'cniVersion': '1.1.0', 'name': 'net', 'type': 'portmap'%s}"
                                        .formatted(keys.isEmpty() ? "" : ", " + keys))
                        .request(CniCommand.ADD));
    }

    private static PortmapConfig mappings(String... entries) throws CniException {
        return parse(
                "'runtimeConfig': {'portMappings': [%s]}".formatted(String.join(", ", entries)));
    }

    @Test
    void defaults_areTheReferences() throws Exception {
        PortmapConfig config = parse("");
        assertThat(config.backend()).isEmpty();
        assertThat(config.snat()).isTrue();
        assertThat(config.masqueradeAll()).isFalse();
        assertThat(config.markBit()).isEqualTo(13);
        assertThat(config.mappings()).isEmpty();
    }

    @Test
    void mappings_areRead_onceEach() throws Exception {
        assertThat(
                        mappings(
                                        "{'hostPort': 8080, 'containerPort': 80, 'protocol': 'TCP'}",
                                        "{'hostPort': 8080, 'containerPort': 80}",
                                        "{'hostPort': 8080, 'containerPort': 81, 'protocol': 'udp',"
                                                + " 'hostIP': '::'}")
                                .mappings())
                .containsExactly(
                        new PortMapping(8080, 80, TransportProtocol.TCP, Optional.empty()),
                        new PortMapping(
                                8080,
                                81,
                                TransportProtocol.UDP,
                                Optional.of(IpAddresses.parse("::"))));
    }

    @Test
    void hostIp_saysFamilyAndAddress() throws Exception {
        PortMapping any =
                mappings("{'hostPort': 1, 'containerPort': 2, 'hostIP': '0.0.0.0'}")
                        .mappings()
                        .getFirst();
        assertThat(any.isOf(true)).isTrue();
        assertThat(any.isOf(false)).isFalse();
        assertThat(any.onlyAddress()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "{'hostPort': 0, 'containerPort': 80} | Invalid host port number: 0",
                "{'hostPort': -1, 'containerPort': 80} | Invalid host port number: -1",
                "{'hostPort': 65536, 'containerPort': 80} | Invalid host port number: 65536",
                "{'hostPort': 80, 'containerPort': 0} | Invalid container port number: 0",
                "{'hostPort': 80, 'containerPort': 70000} | Invalid container port number: 70000",
                "{'hostPort': 80, 'containerPort': 80, 'protocol': 'ip'} | Invalid protocol: 'ip'"
                        + " (tcp, udp, sctp or dccp)",
                "{'hostPort': 80, 'containerPort': 80, 'hostIP': 'x'} | Invalid host IP: 'x'",
                "{'hostPort': 80, 'containerPort': 80}, {'hostPort': 80, 'containerPort': 81} | host"
                        + " port 80/tcp is published for two container ports: 80 and 81"
            })
    void invalidMappings_areRefused(String entries, String message) {
        assertThatThrownBy(() -> mappings(entries))
                .isInstanceOfSatisfying(CniException.class, e -> assertThat(e.code()).isEqualTo(7))
                .hasMessage("failed to parse config: " + message.replace('\'', '"'));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "'backend': 'x' | unrecognized backend 'x'",
                "'markMasqBit': 32 | MasqMarkBit must be between 0 and 31",
                "'markMasqBit': 5, 'externalSetMarkChain': 'KUBE-MARK-MASQ' | Cannot specify"
                        + " externalSetMarkChain and markMasqBit",
                "'backend': 'nftables', 'externalSetMarkChain': 'X', 'conditionsV4': ['!', '-s', 'a']"
                        + " | nftables backend was requested but configuration contains"
                        + " iptables-specific options [externalSetMarkChain conditionsV4]",
                "'backend': 'iptables', 'conditionsV6': ['ip6', 'saddr', 'a'] | iptables backend was"
                        + " requested but configuration contains nftables-specific options"
                        + " [conditionsV6]",
                "'conditionsV4': ['a; flush ruleset'] | conditionsV4: a condition is part of one"
                        + " rule, without line ends and ';'",
                "'externalSetMarkChain': 'a b' | externalSetMarkChain: no name of a chain: 'a b'"
            })
    void invalidKeys_areRefused(String keys, String message) {
        assertThatThrownBy(() -> parse(keys))
                .isInstanceOfSatisfying(CniException.class, e -> assertThat(e.code()).isEqualTo(7))
                .hasMessage("failed to parse config: " + message.replace('\'', '"'));
    }

    /** With the reference's default they would fail wherever iptables works. */
    @Test
    void conditionsWithoutBackend_chooseTheirs() throws Exception {
        assertThat(parse("'conditionsV4': ['ip', 'saddr', '1.2.3.4']").backend())
                .contains(Backend.NFTABLES);
        assertThat(parse("'conditionsV6': ['-s', '::1']").backend()).contains(Backend.IPTABLES);
        assertThatThrownBy(() -> parse("'conditionsV4': ['ip'], 'conditionsV6': ['-s', '::1']"))
                .hasMessageContaining("configuration contains both iptables-specific options");
    }
}
