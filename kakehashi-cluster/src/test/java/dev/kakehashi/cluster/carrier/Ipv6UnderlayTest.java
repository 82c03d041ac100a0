package dev.kakehashi.cluster.carrier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cluster.CarrierName;
import dev.kakehashi.cluster.CrossSubnet;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.NodeAddress;
import dev.kakehashi.cluster.NodeAnnotations;
import dev.kakehashi.cluster.node.Underlay;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.state.NamespaceId;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import java.net.InetAddress;
import java.util.List;

/** Pods with IPv4 addresses where nodes, or some of them, have none. */
class Ipv6UnderlayTest {
    private static final Network NETWORK = Cluster.NETWORK;
    private static final Underlay IPV4 =
            new Underlay("eth0", List.of(IpPrefix.parse("192.0.2.1/24")), 1500);

    private static Network by(CarrierName carrier) {
        return NETWORK.withSpec(NETWORK.spec().withCarrier(carrier));
    }

    /** The first node among others, of which the second is the only one. */
    private static NodeState compile(Network network, Underlay own, Underlay other)
            throws UnusableNetworkException {
        Node second = Cluster.node(network, 2, other);
        return NodeCompiler.compile(
                network, Cluster.self(network, 1, own), ClusterState.of(List.of(second)));
    }

    @ParameterizedTest
    @CsvSource({"VXLAN, 1430", "WIREGUARD, 1420", "HOST_GW, 1500", "BGP, 1500"})
    void mtu_isLessTheHeaderOfIpv6(CarrierName carrier, int expected) throws Exception {
        NodeState state =
                compile(by(carrier), Cluster.underlayOfIpv6(1), Cluster.underlayOfIpv6(2));

        assertThat(state.podMtu()).isEqualTo(expected);
        assertThat(state.refused()).isEmpty();
    }

    @Test
    void ipip_isRefusedWithWhatToDo() {
        String reason =
                "network pods: ipip carries IPv4 in IPv4 only, and the underlay interface eth0 of node node-1 has"
                        + " no IPv4 address; add one, or use vxlan, wireguard, host-gw or bgp";
        SelfNode self = Cluster.self(NETWORK, 1, Cluster.underlayOfIpv6(1));
        Network across =
                NETWORK.withSpec(by(CarrierName.HOST_GW).spec().withCrossSubnet(CrossSubnet.IPIP));

        assertThatThrownBy(() ->
                        compile(
                                by(CarrierName.IPIP),
                                Cluster.underlayOfIpv6(1),
                                Cluster.underlayOfIpv6(2)))
                .isInstanceOf(UnusableNetworkException.class)
                .hasMessage(reason);
        assertThat(NodeCompiler.obstacle(NETWORK, self, CarrierName.IPIP)).contains(reason);
        assertThat(NodeCompiler.obstacle(across, self, CarrierName.HOST_GW)).contains(reason);
    }

    @ParameterizedTest
    @EnumSource(
            value = CarrierName.class,
            names = {"VXLAN", "WIREGUARD", "HOST_GW", "BGP"})
    void otherCarriers_areNotInTheWay(CarrierName carrier) {
        SelfNode self = Cluster.self(NETWORK, 1, Cluster.underlayOfIpv6(1));

        assertThat(NodeCompiler.obstacle(NETWORK, self, carrier)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"true, IPv4, IPv6", "false, IPv6, IPv4"})
    void vxlanOfAnotherFamily_isSetAside(boolean oursIsIpv6, String theirs, String ours)
            throws Exception {
        NodeState state =
                oursIsIpv6
                        ? compile(NETWORK, Cluster.underlayOfIpv6(1), Cluster.underlay(2))
                        : compile(NETWORK, Cluster.underlay(1), Cluster.underlayOfIpv6(2));

        assertThat(state.peers()).isEmpty();
        assertThat(state.refused())
                .extracting(RefusedPeer::reason)
                .containsExactly(
                        "its VXLAN device for 10.244.2.0/24 goes by %s and this node's by %s; give all nodes an IPv4 address or none, or set carrier: wireguard"
                                .formatted(theirs, ours));
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void plainRoutes_goByIpv6WhereOneOfTwoHasNothingElse(boolean oursIsIpv6) throws Exception {
        Network hostGw = by(CarrierName.HOST_GW);
        NodeState state =
                oursIsIpv6
                        ? compile(hostGw, Cluster.underlayOfIpv6(1), Cluster.underlay(2))
                        : compile(hostGw, Cluster.underlay(1), Cluster.underlayOfIpv6(2));

        assertThat(Cluster.text(state)).contains("10.244.2.0/24 via inet6 2001:db8:1::2 dev eth0");
    }

    /** As a kubelet has it by another interface, or a Node of the time before IPv4 went. */
    @ParameterizedTest
    @CsvSource({
        "VXLAN, true",
        "WIREGUARD, true",
        "HOST_GW, true",
        "BGP, true",
        "HOST_GW, false",
        "WIREGUARD, false",
        "BGP, false"
    })
    void internalIpOfAFamilyThatTheUnderlayLacks_isNotBelieved(
            CarrierName carrier, boolean oursIsIpv6) throws Exception {
        Network network = by(carrier);
        Node other =
                Cluster.node(network, 2, Cluster.underlayOfIpv6(2))
                        .withAddresses(
                                List.of(new NodeAddress(NodeAddress.INTERNAL_IP, "203.0.113.2")));
        Underlay own = oursIsIpv6 ? Cluster.underlayOfIpv6(1) : Cluster.underlay(1);

        NodeState state =
                NodeCompiler.compile(
                        network, Cluster.self(network, 1, own), ClusterState.of(List.of(other)));

        assertThat(state.refused()).isEmpty();
        assertThat(state.known().getFirst().endpoints().getFirst().underlay())
                .isEqualTo(InetAddress.ofLiteral("2001:db8:1::2"));
        assertThat(state.known().getFirst().endpoints().getFirst().ofItsFamily()).isFalse();
    }

    /** It is the node that says by which family it goes; an operator, by which address. */
    @Test
    void operatorsAddressOfAFamilyThatTheUnderlayLacks_isNotSentTo() throws Exception {
        Network network = by(CarrierName.HOST_GW);
        Node other = Cluster.node(network, 2, Cluster.underlayOfIpv6(2));
        Node overwritten =
                other.withMetadata(
                        other.metadata()
                                .with(NodeAnnotations.FLANNEL_PUBLIC_IP_OVERWRITE, "192.0.2.99")
                                .with(
                                        NodeAnnotations.FLANNEL_PUBLIC_IPV6_OVERWRITE,
                                        "2001:db8:1::99"));

        NodeState state =
                NodeCompiler.compile(
                        network,
                        Cluster.self(network, 1, Cluster.underlay(1)),
                        ClusterState.of(List.of(overwritten)));

        assertThat(Cluster.text(state)).contains("10.244.2.0/24 via inet6 2001:db8:1::99 dev eth0");
    }

    @ParameterizedTest
    @CsvSource({
        "IPV4, OURS, 'has an IPv6 address and no IPv4 address, and this node none but IPv4; give both an address of one family'",
        "IPV6, THEIRS, 'has the subnet fd00:10:244:2::/64 but no IPv6 address: it tells 192.0.2.2 alone; add one to its underlay interface'",
        "IPV6, NOTHING, 'has the subnet fd00:10:244:2::/64 but no IPv6 address: neither the annotation flannel.alpha.coreos.com/public-ipv6 nor an InternalIP'",
    })
    void peerWithoutTheAddress_isSetAsideWithWhatItTells(
            String pods, String ipv4Alone, String reason) throws Exception {
        Network network =
                pods.equals("IPV4")
                        ? by(CarrierName.HOST_GW)
                        : Cluster.DUAL.withSpec(
                                Cluster.DUAL.spec().withCarrier(CarrierName.HOST_GW));
        Underlay ipv4 = new Underlay("eth0", List.of(IpPrefix.parse("192.0.2.2/24")), 1500);
        Node ipv6 = Cluster.node(network, 2, Cluster.underlayOfIpv6(2));
        Node other =
                switch (ipv4Alone) {
                    case "OURS" ->
                            ipv6.withAddresses(
                                    List.of(
                                            new NodeAddress(
                                                    NodeAddress.INTERNAL_IP, "203.0.113.2")));
                    case "THEIRS" ->
                            Cluster.node(network, 2, ipv4)
                                    .withAddresses(
                                            List.of(
                                                    new NodeAddress(
                                                            NodeAddress.INTERNAL_IP,
                                                            "2001:db8:9::2")));
                    default -> Node.named("node-2").withPodCidrs(ipv6.podCidrs());
                };
        Underlay own = pods.equals("IPV4") ? IPV4 : Cluster.underlay(1);

        NodeState state =
                NodeCompiler.compile(
                        network, Cluster.self(network, 1, own), ClusterState.of(List.of(other)));

        assertThat(state.refused()).extracting(RefusedPeer::reason).contains(reason);
    }

    @Test
    void peerWithIpv4Alone_isSetAside() throws Exception {
        NodeState state = compile(by(CarrierName.HOST_GW), Cluster.underlayOfIpv6(3), IPV4);

        assertThat(state.refused())
                .extracting(RefusedPeer::reason)
                .containsExactly(
                        "has an IPv4 address and no IPv6 address, and this node none but IPv6; give both an address of one family");
        assertThat(state.desired().in(NamespaceId.HOST)).isNotEmpty();
    }
}
