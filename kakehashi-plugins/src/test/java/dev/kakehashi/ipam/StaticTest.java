package dev.kakehashi.ipam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.IpText;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.cni.result.ResultCodec;
import dev.kakehashi.plugins.Calls;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;

class StaticTest {

    private final Static plugin = Static.create();

    private static Calls calls(String version, String ipam, String more) {
        return Calls.with(
                "{'cniVersion': '%s', 'name': 'mynet', %s %s}"
                        .formatted(version, more, "'ipam': {'type': 'static', " + ipam + "}"));
    }

    private CniResult add(Calls calls) throws CniException {
        return plugin.add(calls.request(CniCommand.ADD));
    }

    /** Each address with its gateway. */
    private List<String> addresses(Calls calls) throws CniException {
        return add(calls).ips().stream()
                .map(ip ->
                        ip.address() + ip.gateway().map(g -> " via " + IpText.format(g)).orElse(""))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.1.0", "0.2.0", "0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0"})
    void add_bothFamilies(String version) throws Exception {
        Calls calls =
                calls(
                        version,
                        """
                        'addresses': [
                          {'address': '10.10.0.1/24', 'gateway': '10.10.0.254'},
                          {'address': '3ffe:ffff:0:01ff::1/64', 'gateway': '3ffe:ffff:0::1'}],
                        'routes': [
                          {'dst': '0.0.0.0/0'}, {'dst': '192.168.0.0/16', 'gw': '10.10.5.1'},
                          {'dst': '3ffe:ffff:0:01ff::1/64'}],
                        'dns': {'nameservers': ['10.10.0.1'], 'domain': 'example.com',
                                'search': ['example.com'], 'options': ['o']}\
                        """,
                        "");
        assertThat(addresses(calls))
                .containsExactly(
                        "10.10.0.1/24 via 10.10.0.254", "3ffe:ffff:0:1ff::1/64 via 3ffe:ffff::1");
        CniResult result = add(calls);
        assertThat(result.routes()).hasSize(3);
        assertThat(result.dns().domain()).isEqualTo("example.com");
        assertThat(ResultCodec.decode(ResultCodec.encode(result, version)).ips())
                .isEqualTo(result.ips());
        plugin.del(calls.request(CniCommand.DEL));
        plugin.del(calls.request(CniCommand.DEL));
    }

    @Test
    void add_severalGatewaysForOneDestination_keepsAll() throws Exception {
        Calls calls =
                calls(
                        "1.0.0",
                        """
                        'addresses': [{'address': '10.10.0.1/24'}],
                        'routes': [{'dst': '0.0.0.0/0', 'gw': '10.10.0.2'},
                                   {'dst': '0.0.0.0/0', 'gw': '10.10.0.3'}]\
                        """,
                        "");
        assertThat(add(calls).routes()).hasSize(2);
    }

    @Test
    void add_cniArgs_areAppended() throws Exception {
        Calls calls =
                calls("1.0.0", "'addresses': [{'address': '10.10.0.1/24'}]", "")
                        .set(
                                "CNI_ARGS",
                                "IP=10.11.0.1/24, 11.12.0.1/24;GATEWAY=10.10.0.254,11.12.0.254");
        assertThat(addresses(calls))
                .containsExactly(
                        "10.10.0.1/24 via 10.10.0.254",
                        "10.11.0.1/24",
                        "11.12.0.1/24 via 11.12.0.254");
    }

    @Test
    void add_argsReplaceConfigAndRuntimeReplacesAll() throws Exception {
        String configured = "'addresses': [{'address': '10.10.0.1/24'}]";
        String args = "'args': {'cni': {'ips': ['10.12.0.1/24', '10.13.0.1/24']}},";
        String runtime = "'runtimeConfig': {'ips': ['10.14.0.1/24']},";
        assertThat(addresses(calls("1.0.0", configured, args).set("CNI_ARGS", "IP=10.11.0.1/24")))
                .containsExactly("10.12.0.1/24", "10.13.0.1/24");
        assertThat(addresses(calls("1.0.0", configured, args + runtime)))
                .containsExactly("10.14.0.1/24");
    }

    @Test
    void add_noAddresses_isAnAnswerToo() throws Exception {
        assertThat(addresses(calls("1.0.0", "'routes': []", ""))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'addresses': [{'address': '10.10.0.1'}] | '' | ''"
                        + " | the 'address' field is expected to be in CIDR notation, got: '10.10.0.1'",
                "'routes': [] | IP=10.10.0.1 | ''"
                        + " | the 'ip' field is expected to be in CIDR notation, got: '10.10.0.1'",
                "'routes': [] | GATEWAY=x | '' | invalid gateway address: x",
                "'addresses': [{'address': '10.10.0.1/24', 'gateway': 'x'}] | '' | ''"
                        + " | invalid gateway address: x",
                "'routes': [] | '' | \"args\": {\"cni\": {\"ips\": [\"10.10.0.1\"]}},"
                        + " | an entry in the 'ips' field is NOT in CIDR notation, got: '10.10.0.1'",
                "'routes': [] | '' | \"runtimeConfig\": {\"ips\": [\"10.10.0.1\"]},"
                        + " | an entry in the 'ips' field is NOT in CIDR notation, got: '10.10.0.1'",
            },
            quoteCharacter = '`')
    void add_malformed_saysWhat(String ipam, String args, String more, String msg) {
        Calls calls =
                calls("1.0.0", ipam, more.replace("''", ""))
                        .set("CNI_ARGS", args.replace("''", ""));
        assertThatThrownBy(() -> add(calls))
                .isInstanceOfSatisfying(
                        CniException.class,
                        e -> {
                            assertThat(e.msg()).isEqualTo(msg);
                            assertThat(e.code()).isEqualTo(CniException.INVALID_CONFIG);
                        });
    }

    @Test
    void add_withoutIpam_isRefusedWhoeverNamesAddresses() {
        for (String more :
                List.of(
                        "'args': {'cni': {'ips': ['10.10.0.1/24']}}",
                        "'runtimeConfig': {'ips': ['10.10.0.1/24']}")) {
            Calls calls = Calls.with("{'cniVersion': '1.0.0', 'name': 'n', " + more + "}");
            assertThatThrownBy(() -> add(calls)).hasMessage("IPAM config missing 'ipam' key");
        }
    }

    @ParameterizedTest
    @CsvSource({"0.2.0, false", "0.3.0, true"})
    void add_twoAddressesOfAFamily_needTheRichResult(String version, boolean allowed)
            throws Exception {
        Calls calls =
                calls(
                        version,
                        "'addresses': [{'address': '10.0.0.1/24'}, {'address': '10.0.1.1/24'}]",
                        "");
        if (allowed) {
            assertThat(addresses(calls)).hasSize(2);
        } else {
            assertThatThrownBy(() -> add(calls))
                    .hasMessage(
                            "CNI version 0.2.0 does not support more than 1 address per family");
        }
    }

    @Test
    void check_everyConfiguredAddressMustBeThereWithItsGateway() throws Exception {
        String ipam = "'addresses': [{'address': '10.10.0.1/24', 'gateway': '10.10.0.254'}]";
        assertThatThrownBy(() -> plugin.check(calls("1.0.0", ipam, "").request(CniCommand.CHECK)))
                .hasMessage("Required prevResult missing");
        CniResult same = add(calls("1.0.0", ipam, ""));
        plugin.check(calls("1.0.0", ipam, "").prevResult(same).request(CniCommand.CHECK));
        for (String other :
                List.of(
                        "'addresses': [{'address': '10.10.0.1/24', 'gateway': '10.10.0.253'}]",
                        "'addresses': [{'address': '10.10.0.2/24', 'gateway': '10.10.0.254'}]")) {
            CniResult result = add(calls("1.0.0", other, ""));
            assertThatThrownBy(() ->
                            plugin.check(
                                    calls("1.0.0", ipam, "")
                                            .prevResult(result)
                                            .request(CniCommand.CHECK)))
                    .hasMessageStartingWith(
                            "static: Failed to match addr 10.10.0.1 on interface eth0");
        }
    }
}
