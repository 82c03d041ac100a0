package dev.kakehashi.plugins.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cni.Cidr;
import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.result.CniDns;
import dev.kakehashi.cni.result.CniIp;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.cni.result.CniRoute;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.plugins.Calls;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.stream.Stream;

class GatewaysTest {

    private static BridgeConfig config(String keys) throws CniException {
        return BridgeConfig.parse(
                Calls.with("{'name': 'n', " + keys + "}").request(CniCommand.ADD));
    }

    private static CniIp ip(String cidr) {
        return CniIp.of(Cidr.parse(cidr).orElseThrow());
    }

    private static CniIp ip(String cidr, String gateway) {
        return ip(cidr).withGateway(IpAddresses.parse(gateway));
    }

    private static CniRoute route(String destination) {
        return CniRoute.to(Cidr.parse(destination).orElseThrow());
    }

    private static CniResult result(List<CniIp> ips, CniRoute... routes) {
        return new CniResult(List.of(), ips, List.of(routes), CniDns.EMPTY);
    }

    private static List<String> gateways(CniResult result) {
        return result.ips().stream()
                .map(ip -> ip.gateway().map(IpAddresses::format).orElse("none"))
                .toList();
    }

    private static List<String> routes(CniResult result) {
        return result.routes().stream()
                .map(route ->
                        route.destination()
                                + route.gateway()
                                        .map(g -> " via " + IpAddresses.format(g))
                                        .orElse(""))
                .toList();
    }

    @Test
    void complete_withoutIsGateway_onlyNamesTheInterface() throws Exception {
        CniResult result =
                Gateways.complete(
                        config("'isGateway': false"), result(List.of(ip("10.1.2.3/24"))), 2);
        assertThat(gateways(result)).containsExactly("none");
        assertThat(result.ips().getFirst().interfaceIndex()).hasValue(2);
        assertThat(result.routes()).isEmpty();
    }

    @Test
    void complete_isGateway_takesTheFirstOfTheSubnetWhereNoneIsNamed() throws Exception {
        CniResult result =
                Gateways.complete(
                        config("'isGateway': true"),
                        result(
                                List.of(
                                        ip("10.1.2.3/24"),
                                        ip("10.9.255.255/9"),
                                        ip("10.1.3.3/24", "10.1.3.254"),
                                        ip("2001:db8:42::2/64"))),
                        2);
        assertThat(gateways(result))
                .containsExactly("10.1.2.1", "10.0.0.1", "10.1.3.254", "2001:db8:42::1");
        assertThat(result.routes()).isEmpty();
        assertThat(Gateways.of(result.ips()))
                .extracting(IpPrefix::toString)
                .containsExactly("10.1.2.1/24", "10.0.0.1/9", "10.1.3.254/24", "2001:db8:42::1/64");
    }

    @Test
    void complete_isDefaultGateway_addsOneDefaultRoutePerFamily() throws Exception {
        List<CniIp> ips = List.of(ip("10.1.2.3/24"), ip("192.168.0.2/24"), ip("2001:db8:42::2/64"));
        BridgeConfig config = config("'isDefaultGateway': true");
        assertThat(routes(Gateways.complete(config, result(ips), 2)))
                .containsExactly("0.0.0.0/0 via 10.1.2.1", "::/0 via 2001:db8:42::1");
        assertThat(
                        routes(
                                Gateways.complete(
                                        config,
                                        result(
                                                ips,
                                                route("0.0.0.0/0")
                                                        .withGateway(IpAddresses.parse("10.1.2.9")),
                                                route("::/0")),
                                        2)))
                .as("what address management answered stays alone")
                .containsExactly("0.0.0.0/0 via 10.1.2.9", "::/0");
    }

    private static GatewayAddresses compare(String present, String gateways, boolean force)
            throws CniException {
        return GatewayAddresses.compare(
                "bridge0", prefixes(present), prefixes(gateways), false, force);
    }

    private static List<IpPrefix> prefixes(String list) {
        return Stream.of(list.split(" "))
                .filter(text -> !text.isEmpty())
                .map(IpPrefix::parse)
                .toList();
    }

    @Test
    void compare_sameAddress_isFine() throws Exception {
        assertThat(compare("10.0.0.1/24 fd00::1/64", "10.0.0.1/24 fd00::1/64", false))
                .isEqualTo(new GatewayAddresses(List.of(), List.of()));
        assertThat(compare("fe80::1/64", "10.0.0.1/24", false).missing())
                .isEqualTo(prefixes("10.0.0.1/24"));
    }

    @Test
    void compare_otherAddress_contradictsUnlessItIsIpv6InAnotherSubnet() throws Exception {
        assertThatThrownBy(() -> compare("10.0.0.1/24", "10.0.1.1/24", false))
                .hasMessageContaining(
                        "\"bridge0\" already has an IP address different from 10.0.1.1/24");
        assertThatThrownBy(() -> compare("10.0.0.1/16", "10.0.0.1/24", false))
                .hasMessageContaining("\"bridge0\" already has an IP address different");
        assertThatThrownBy(() -> compare("fd00::1/64", "fd00::2/80", false))
                .hasMessageContaining(
                        "\"bridge0\" already has an IP address different from fd00::2/80");
        assertThat(compare("fd00::1/64", "fd00:0:0:1::1/64", false).missing())
                .isEqualTo(prefixes("fd00:0:0:1::1/64"));
        assertThatThrownBy(() -> compare("", "10.0.0.1/24 10.0.1.1/24", false))
                .as("two IPv4 gateways of one result contradict each other, too")
                .hasMessageContaining("\"bridge0\" already has an IP address different");
    }

    @Test
    void compare_forced_replacesWhatContradicts() throws Exception {
        assertThat(compare("10.0.0.1/24 10.0.5.1/24 fd00::1/64", "10.0.1.1/24 fd00::2/64", true))
                .isEqualTo(
                        new GatewayAddresses(
                                prefixes("10.0.1.1/24 fd00::2/64"),
                                prefixes("10.0.0.1/24 10.0.5.1/24 fd00::1/64")));
        assertThat(compare("", "10.0.0.1/24 10.0.1.1/24", true))
                .isEqualTo(new GatewayAddresses(prefixes("10.0.1.1/24"), List.of()));
    }

    @Test
    void severalIpv4Addresses_standBesideEachOtherUnlessTheyOverlap() throws Exception {
        assertThat(
                        GatewayAddresses.compare(
                                "bridge0",
                                prefixes("10.0.0.1/26"),
                                prefixes("10.0.0.65/26"),
                                true,
                                false))
                .isEqualTo(new GatewayAddresses(prefixes("10.0.0.65/26"), List.of()));
        assertThatThrownBy(() ->
                        GatewayAddresses.compare(
                                "bridge0",
                                prefixes("10.0.0.1/25"),
                                prefixes("10.0.0.65/26"),
                                true,
                                false))
                .isInstanceOf(CniException.class);
    }
}
