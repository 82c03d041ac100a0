package dev.kakehashi.ipam.dhcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.plugins.Calls;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.charset.StandardCharsets;

class DhcpConfigTest {

    private static DhcpConfig parse(String ipam) throws CniException {
        return DhcpConfig.parse(
                Calls.with(
                                "{'cniVersion': '1.1.0', 'name': 'net', 'ipam': {'type': 'dhcp'"
                                        + ipam
                                        + "}}")
                        .set("CNI_ARGS", "POD=web;broken;EMPTY=")
                        .request(CniCommand.ADD));
    }

    @Test
    void clientId_isTheReferencePlugins() throws Exception {
        byte[] id = parse("").sent().find(DhcpOptions.CLIENT_ID).orElseThrow();
        assertThat(id[0]).isZero();
        assertThat(new String(id, 1, id.length - 1, StandardCharsets.UTF_8))
                .isEqualTo("dummy/net/eth0");
        assertThat(DhcpConfig.clientId("x".repeat(300), "net", "eth0")).hasSize(255);
    }

    @Test
    void provide_takesValuesAndArguments() throws Exception {
        DhcpOptions sent =
                parse(
                                ", 'provide': [{'option': '12', 'value': 'a'}, {'option':"
                                        + " 'user-class', 'fromArg': 'POD'}, {'option': '60',"
                                        + " 'fromArg': 'EMPTY'}, {'option':"
                                        + " 'dhcp-client-identifier', 'value': 'me'}]")
                        .sent();
        assertThat(sent.text(12)).contains("a");
        assertThat(sent.text(77)).contains("web");
        assertThat(sent.has(60)).isFalse();
        assertThat(sent.text(DhcpOptions.CLIENT_ID)).contains("me");
    }

    @Test
    void request_isInFrontOfTheDefaults_orInsteadOfThem() throws Exception {
        assertThat(parse("").sent().find(55).orElseThrow())
                .containsExactly(1, 3, 6, 15, 119, 121, 33);
        assertThat(parse(", 'request': [{'option': '42'}, {'option': 'routers'}]").sent().find(55))
                .hasValue(new byte[] {42, 3, 1, 6, 15, 119, 121, 33});
        assertThat(parse(", 'request': [{'option': '42', 'skipDefault': true}]").sent().find(55))
                .hasValue(new byte[] {42});
        assertThat(parse(", 'request': [{'skipDefault': true}]").sent().has(55)).isFalse();
    }

    @Test
    void value_longerThanAnOption_isRefused() {
        String value = "a".repeat(256);
        assertThatThrownBy(() -> parse(", 'provide': [{'option': '12', 'value': '" + value + "'}]"))
                .hasMessageContaining("longer than 255 bytes");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                ", 'provide': [{'option': 'x', 'value': 'a'}] | Can not parse option",
                ", 'provide': [{'option': 'x', 'fromArg': 'Y'}] | Can not parse option",
                ", 'request': [{'option': '256'}] | Can not parse option",
                ", 'request': [{'option': '-1'}] | Can not parse option",
                ", 'ipv6': 'yes' | is none of",
                ", 'ipv4': 'no', 'ipv6': 'slaac' | is none of",
                ", 'ipv4': 'off' | leaves no address",
                ", 'ipv4': 'off', 'ipv6': 'off' | leaves no address",
                ", 'priority': 'x' | priority"
            })
    void badConfiguration_isRefused(String ipam, String text) {
        assertThatThrownBy(() -> parse(ipam)).hasMessageContaining(text);
    }
}
