package dev.kakehashi.ipam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.plugins.Calls;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.util.List;

class RequestedAddressTest {

    private static final String DUAL =
            "'ranges': [[{'subnet': '10.1.2.0/24'}], [{'subnet': '2001:db8:1::0/48'}]]";
    private static final String TWO =
            "'ranges': [[{'subnet': '10.1.2.0/24'}], [{'subnet': '10.1.3.0/24'}]]";

    @TempDir Path root;
    private HostLocal plugin;

    @BeforeEach
    void makePlugin() {
        plugin = HostLocal.of(new FileHost(root), ReservationDirectories.create());
    }

    private static Calls calls(String ranges, String more) {
        return Calls.with(
                "{'cniVersion': '1.0.0', 'name': 'mynet', 'ipam': {%s}%s}"
                        .formatted(ranges, more.isEmpty() ? "" : ", " + more));
    }

    private List<String> add(Calls calls) throws CniException {
        CniResult result = plugin.add(calls.request(CniCommand.ADD));
        return result.ips().stream().map(ip -> ip.address().toString()).toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"IP=10.1.2.88", "IgnoreUnknown=1;IP=10.1.2.88/16;K8S_POD_NAME=p"})
    void cniArgs_withOrWithoutPrefix_giveExactlyThat(String args) throws Exception {
        assertThat(add(calls("'subnet': '10.1.2.0/24'", "").set("CNI_ARGS", args)))
                .containsExactly("10.1.2.88/24");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'args': {'cni': {'ips': ['10.1.2.88', '10.1.3.77']}}",
                "'args': {'cni': {'ips': ['10.1.3.77/24', '10.1.2.88/24']}}",
                "'runtimeConfig': {'ips': ['10.1.2.88', '10.1.3.77/24']}",
                "'args': {'cni': {'ips': ['10.1.2.88']}}, 'runtimeConfig': {'ips': ['10.1.3.77']}",
            })
    void severalSets_eachGetsItsOwn(String more) throws Exception {
        assertThat(add(calls(TWO, more))).containsExactly("10.1.2.88/24", "10.1.3.77/24");
    }

    @Test
    void bothFamilies_areGiven() throws Exception {
        assertThat(add(calls(DUAL, "'args': {'cni': {'ips': ['10.1.2.88', '2001:db8:1::999']}}")))
                .containsExactly("10.1.2.88/24", "2001:db8:1::999/48");
    }

    /** CNI conventions: what {@code args} says makes a plugin ignore CNI_ARGS. */
    @Test
    void argsOfTheConfiguration_makeCniArgsIgnored() throws Exception {
        Calls calls =
                calls("'subnet': '10.1.2.0/24'", "'args': {'cni': {'ips': ['10.1.2.88']}}")
                        .set("CNI_ARGS", "IP=10.1.2.99");
        assertThat(add(calls)).containsExactly("10.1.2.88/24");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "10.1.2.1 | 7 | failed to allocate for range 0: requested ip 10.1.2.1 is subnet's"
                        + " gateway",
                "10.1.2.7 | 11 | failed to allocate for range 0: requested IP address 10.1.2.7 is not"
                        + " available in range set 10.1.2.5-10.1.2.9",
                "10.1.2.4 | 7 | failed to allocate all requested IPs: 10.1.2.4",
                "10.1.2.10 | 7 | failed to allocate all requested IPs: 10.1.2.10",
                "10.9.9.9 | 7 | failed to allocate all requested IPs: 10.9.9.9",
                "nonsense | 4 | ARGS: error parsing value of pair \"IP=nonsense\": invalid IP address"
                        + " nonsense",
            })
    void cannotBeGiven_isRefusedAndNothingIsReserved(String ip, int code, String msg)
            throws Exception {
        String range = "'subnet': '10.1.2.0/24', 'rangeStart': '10.1.2.5', 'rangeEnd': '10.1.2.9'";
        String ranges =
                ip.equals("10.1.2.1") ? "'subnet': '10.1.2.0/24', 'rangeEnd': '10.1.2.9'" : range;
        add(calls(range, "").container("holder", "eth0").set("CNI_ARGS", "IP=10.1.2.7"));
        Calls calls = calls(ranges, "").set("CNI_ARGS", "IP=" + ip);
        assertThatThrownBy(() -> add(calls))
                .isInstanceOfSatisfying(
                        CniException.class,
                        e -> {
                            assertThat(e.msg()).isEqualTo(msg);
                            assertThat(e.code()).isEqualTo(code);
                        });
        assertThat(root.resolve("var/lib/cni/networks/mynet").toFile().list())
                .containsExactlyInAnyOrder("10.1.2.7", "last_reserved_ip.0", "lock");
    }

    @Test
    void noAddressInArgs_isRefused() {
        assertThatThrownBy(() ->
                        add(
                                calls(
                                        "'subnet': '10.1.2.0/24'",
                                        "'args': {'cni': {'ips': ['nonsense']}}")))
                .hasMessage("invalid IP address nonsense among the requested ones");
    }
}
