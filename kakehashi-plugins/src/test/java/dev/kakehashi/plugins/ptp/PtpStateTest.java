package dev.kakehashi.plugins.ptp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.cni.result.ResultCodec;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.plugins.Calls;
import dev.kakehashi.plugins.GoldenPlan;
import dev.kakehashi.plugins.attachment.Attachment;
import dev.kakehashi.plugins.attachment.Veth;
import dev.kakehashi.plugins.masquerade.Backend;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.Route;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Optional;

class PtpStateTest {

    private static final Attachment ATTACHMENT = new Attachment("net", "container-1", "eth0");
    private static final Veth VETH =
            new Veth(
                    ATTACHMENT.hostVethName(0),
                    MacAddress.parse("02:00:00:00:00:02"),
                    "eth0",
                    MacAddress.parse("02:00:00:00:00:03"));

    private static PtpState state() throws Exception {
        return new PtpState(
                PtpConfig.parse(
                        Calls.with(
                                        "{'cniVersion': '1.1.0', 'name': 'net', 'type': 'ptp', 'mtu':"
                                                + " 1400, 'ipam': {'type': 'host-local'}}")
                                .request(CniCommand.ADD)),
                ATTACHMENT,
                VETH);
    }

    private static CniResult result(String json) throws Exception {
        return ResultCodec.decode(Calls.parse("{'cniVersion': '1.1.0', " + json + "}"));
    }

    @Test
    void compile_routesEverythingOverTheHost() throws Exception {
        GoldenPlan.assertPlan(
                state().compile(
                                result(
                                        "'ips': [{'address': '10.1.2.2/24', 'gateway': '10.1.2.1'},"
                                                + " {'address': '2001:db8:42::2/64', 'gateway':"
                                                + " '2001:db8:42::1'}], 'routes': [{'dst':"
                                                + " '0.0.0.0/0'}, {'dst': '::/0'}]"),
                                Optional.of(Backend.NFTABLES)),
                "ptp");
    }

    @Test
    void compile_anotherGatewayOfTheSubnet_isTakenToBeOnTheLink() throws Exception {
        List<Route> routes =
                state()
                        .compile(
                                result(
                                        "'ips': [{'address': '10.1.2.2/24', 'gateway': '10.1.2.1'}],"
                                                + " 'routes': [{'dst': '198.51.100.0/24', 'gw':"
                                                + " '10.1.2.9'}, {'dst': '203.0.113.0/24', 'gw':"
                                                + " '10.1.2.1'}, {'dst': '192.0.2.0/24', 'gw':"
                                                + " '10.1.3.9'}]"),
                                Optional.empty())
                        .in(NamespaceId.CONTAINER)
                        .stream()
                        .filter(Route.class::isInstance)
                        .map(Route.class::cast)
                        .toList();
        assertThat(routes)
                .filteredOn(route -> route.nextHops().getFirst().onlink())
                .extracting(route -> route.destination().toString())
                .containsExactly("198.51.100.0/24");
    }

    @Test
    void compile_addressWithoutGateway_isRefused() {
        assertThatThrownBy(() ->
                        state().compile(
                                        result("'ips': [{'address': '10.1.2.2/24'}]"),
                                        Optional.empty()))
                .hasMessageContaining("no gateway for 10.1.2.2/24");
    }
}
