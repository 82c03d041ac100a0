package dev.kakehashi.cluster.carrier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cluster.CarrierName;
import dev.kakehashi.cluster.CrossSubnet;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.NetworkSpec;
import dev.kakehashi.cluster.node.Underlay;
import dev.kakehashi.cluster.node.Vteps;
import dev.kakehashi.linux.IpPrefix;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;

class PodMtuTest {
    private static Network network(boolean dual, CarrierName carrier, CrossSubnet cross, int mtu) {
        NetworkSpec d = (dual ? Cluster.DUAL : Cluster.NETWORK).spec();
        return Cluster.NETWORK.withSpec(
                new NetworkSpec(
                        d.cidrs(),
                        d.nodePrefixLength(),
                        d.nodePrefixLengthIpv6(),
                        carrier,
                        d.podLink(),
                        d.dataplane(),
                        mtu,
                        d.masquerade(),
                        cross,
                        d.vxlan(),
                        d.ipip(),
                        d.wireguard(),
                        d.ipam(),
                        d.bgp()));
    }

    @ParameterizedTest
    @CsvSource({
        "false, VXLAN,   REFUSE, 0,    1450",
        "true,  VXLAN,   REFUSE, 0,    1430",
        "false, HOST_GW, REFUSE, 0,    1500",
        "true,  HOST_GW, REFUSE, 0,    1500",
        "false, IPIP,    REFUSE, 0,    1480",
        "false, WIREGUARD, REFUSE, 0,  1440",
        "true,  WIREGUARD, REFUSE, 0,  1440",
        "false, HOST_GW, WIREGUARD, 0, 1440",
        "false, HOST_GW, IPIP,   0,    1480",
        "false, HOST_GW, VXLAN,  0,    1450",
        "true,  HOST_GW, VXLAN,  0,    1430",
        "false, VXLAN,   REFUSE, 1400, 1400",
        "false, VXLAN,   REFUSE, 1450, 1450",
        "false, HOST_GW, REFUSE, 1500, 1500",
    })
    void mtu_isTheUnderlaysLessTheLargestOverhead(
            boolean dual, CarrierName carrier, CrossSubnet cross, int mtu, int expected)
            throws Exception {
        assertThat(Cluster.compile(network(dual, carrier, cross, mtu), 1, List.of()).podMtu())
                .isEqualTo(expected);
    }

    @Test
    void mtuThatDoesNotFit_isRefusedWithTheLargestThatDoes() {
        assertThatThrownBy(() ->
                        Cluster.compile(
                                network(false, CarrierName.VXLAN, CrossSubnet.REFUSE, 1451),
                                1,
                                List.of()))
                .isInstanceOf(UnusableNetworkException.class)
                .hasMessage(
                        "network pods: packets of 1451 octets do not fit through eth0 of node node-1, whose MTU is"
                                + " 1500: carrier vxlan leaves 1450; set spec.mtu to at most that, or remove it");
    }

    @Test
    void underlayWithoutAddressOfTheFamily_isRefused() {
        SelfNode self =
                SelfNode.of(
                        "node-1",
                        Cluster.subnets(Cluster.DUAL, 1),
                        new Underlay("eth0", List.of(IpPrefix.parse("192.0.2.1/24")), 1500),
                        Vteps.of(Cluster.vtep(1)));

        assertThatThrownBy(
                        () -> NodeCompiler.compile(Cluster.DUAL, self, ClusterState.of(List.of())))
                .isInstanceOf(UnusableNetworkException.class)
                .hasMessage(
                        "network pods has IPv6 pods, but the underlay interface eth0 of node node-1 has no such"
                                + " address; add one, or choose another interface");
    }
}
