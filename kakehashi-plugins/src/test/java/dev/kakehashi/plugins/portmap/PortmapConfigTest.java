package dev.kakehashi.plugins.portmap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.json.JsonObject;
import dev.kakehashi.cni.json.JsonValue;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.nft.TransportProtocol;
import dev.kakehashi.plugins.Calls;
import dev.kakehashi.plugins.DamagedCalls;
import dev.kakehashi.plugins.masquerade.Backend;
import dev.kakehashi.testing.Seeds;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.Optional;
import java.util.random.RandomGenerator;

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
                        + " port 80/tcp is published for two container ports: 80 and 81",
                "{'hostPort': 80, 'containerPort': 80}, {'hostPort': 80, 'containerPort': 81,"
                        + " 'hostIP': '::'} | host port 80/tcp is published for two container ports:"
                        + " 80 and 81"
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

    /** What a runtime may hand over: read as ports that exist, or refused. */
    @Test
    void anyArguments_arePortsOrRefused() throws Exception {
        RandomGenerator random = Seeds.random();
        JsonObject whole =
                Calls.parse(
                        """
                        {'backend': 'nftables', 'snat': true, 'masqAll': false, 'markMasqBit': 13,
                         'conditionsV4': ['ip', 'saddr', '10.0.0.0/8'], 'conditionsV6': [],
                         'runtimeConfig': {'portMappings': [
                          {'hostPort': 80, 'containerPort': 80, 'protocol': 'tcp', 'hostIP': '::'},
                          {'hostPort': 53, 'containerPort': 53, 'protocol': 'UDP', 'hostIP': ''},
                          {'hostPort': 53, 'containerPort': 53, 'hostIP': '192.0.2.1'}]}}
                        """);
        int read = 0;
        for (int i = 0; i < 20_000; i++) {
            JsonValue damaged = DamagedCalls.damage(whole, random);
            if (!(damaged instanceof JsonObject keys)) {
                continue;
            }
            try {
                PortmapConfig config =
                        PortmapConfig.parse(
                                Calls.with(keys.toCompactString()).request(CniCommand.ADD));
                read++;
                assertThat(config.markBit()).as(keys.toString()).isBetween(0, 31);
                for (PortMapping mapping : config.mappings()) {
                    assertThat(mapping.hostPort()).as(keys.toString()).isBetween(1, 65535);
                    assertThat(mapping.containerPort()).as(keys.toString()).isBetween(1, 65535);
                }
                assertThat(PortConditions.commands(PortTable.of("net"), config).lines())
                        .as("a line for each flush and rule, whatever the conditions: %s", keys)
                        .hasSize(6);
            } catch (CniException e) {
                assertThat(e.code()).as(keys.toString()).isIn(6, 7);
                assertThat(e.getMessage()).startsWith("failed to parse config: ");
            }
        }
        assertThat(read).isPositive();
    }
}
