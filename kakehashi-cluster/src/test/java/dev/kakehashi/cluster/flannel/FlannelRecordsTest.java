package dev.kakehashi.cluster.flannel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.kakehashi.cluster.CarrierName;
import dev.kakehashi.cluster.IpamSpec;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.NodeAddress;
import dev.kakehashi.cluster.NodeAnnotations;
import dev.kakehashi.cluster.TunnelDevice;
import dev.kakehashi.cluster.WireguardSpec;
import dev.kakehashi.cluster.node.VtepData;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.Optional;

class FlannelRecordsTest {
    /** As Flannel v0.28.4 writes it. */
    private static final String VALUE =
            "{\"PublicIP\":\"192.0.2.3\",\"PublicIPv6\":null,\"BackendType\":\"vxlan\",\"BackendData\":"
                    + "{\"VNI\":1,\"VtepMAC\":\"16:b8:05:11:22:33\"}}";

    private static Network network(CarrierName carrier) {
        Network network = Network.of("pods", List.of(IpPrefix.parse("10.244.0.0/16")));
        return network.withSpec(network.spec().withCarrier(carrier));
    }

    private static FlannelConfig config(String more) {
        return FlannelConfig.parse("{\"Network\":\"10.244.0.0/16\"" + more + "}");
    }

    @Test
    void lease_roundTrips() {
        FlannelLease lease = FlannelLease.parse("10.244.3.0-24", VALUE);

        assertThat(lease.value()).isEqualTo(VALUE);
        assertThat(lease.key()).isEqualTo("10.244.3.0-24");
        assertThat(lease.isOf(IpAddresses.parse("192.0.2.3"))).isTrue();
    }

    @Test
    void leaseOfBothFamilies_roundTrips() {
        String key = "10.244.3.0-24&fd00:244:3::-64";

        FlannelLease lease =
                FlannelLease.parse(
                        key, "{\"PublicIP\":\"192.0.2.3\",\"PublicIPv6\":\"2001:db8::3\"}");

        assertThat(lease.key()).isEqualTo(key);
        assertThat(lease.subnets()).hasSize(2);
        assertThat(lease.publicIpv6()).contains(IpAddresses.parse("2001:db8::3"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "10.244.3.0",
                "10.244.3.1-24",
                "10.244.3.0-240",
                "x-24",
                "fd00::-64",
                "10.244.3.0-24&10.244.4.0-24",
                "10.244.3.0-24&fd00::-64&fd01::-64",
                "../config-1"
            })
    void keyThatNoLeaseHas_isRefused(String key) {
        assertThatIllegalArgumentException().isThrownBy(() -> FlannelLease.parse(key, VALUE));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{\"PublicIP\":7}",
                "{\"PublicIP\":\"fd00::1\"}",
                "{\"PublicIP\":\"a\"}"
            })
    void valueThatNoLeaseHas_isRefused(String value) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FlannelLease.parse("10.244.3.0-24", value));
    }

    @Test
    void nodeOfALease_isAPeerWithItsTunnelAddress() {
        FlannelLease lease = FlannelLease.parse("10.244.3.0-24", VALUE);

        List<Node> joined = FlannelNodes.joined(List.of(), List.of(lease), "self");

        assertThat(joined)
                .singleElement()
                .satisfies(node -> {
                    assertThat(node.podCidrs()).isEqualTo(lease.subnets());
                    assertThat(VtepData.macOf(node, true).orElseThrow())
                            .hasToString("16:b8:05:11:22:33");
                    assertThat(FlannelNodes.lease(node, node.podCidrs())).isEqualTo(lease);
                });
    }

    @Test
    void leaseOfANodeOfOurs_isThatNode_asTheLeaseSays() {
        FlannelLease lease = FlannelLease.parse("10.244.3.0-24", VALUE);
        Node ours = Node.named("three");
        ours =
                ours.withPodCidrs(lease.subnets())
                        .withMetadata(
                                ours.metadata()
                                        .with(NodeAnnotations.FLANNEL_PUBLIC_IP, "192.0.2.3")
                                        .with(NodeAnnotations.VTEP_MAC, "02:00:00:00:00:01"));

        assertThat(FlannelNodes.joined(List.of(ours), List.of(lease), "self"))
                .singleElement()
                .satisfies(node -> {
                    assertThat(node.name()).isEqualTo("three");
                    assertThat(VtepData.macOf(node, true).orElseThrow())
                            .hasToString("16:b8:05:11:22:33");
                });
        assertThat(FlannelNodes.joined(List.of(ours), List.of(lease), "three"))
                .as("the node itself is as it says")
                .containsExactly(ours);
    }

    @Test
    void leaseOfANodeThatTellsIpv6Alone_hasNoIpv4Address() {
        FlannelLease lease = FlannelLease.parse("10.244.3.0-24", VALUE);
        Node kubelets =
                Node.named("three")
                        .withAddresses(
                                List.of(new NodeAddress(NodeAddress.INTERNAL_IP, "192.0.2.3")));
        Node agents =
                kubelets.withMetadata(
                        kubelets.metadata()
                                .with(NodeAnnotations.FLANNEL_PUBLIC_IPV6, "2001:db8::3"));

        assertThat(FlannelNodes.lease(kubelets, lease.subnets()).publicIp())
                .contains(IpAddresses.parse("192.0.2.3"));
        assertThat(FlannelNodes.lease(agents, lease.subnets()).publicIp()).isEmpty();
    }

    /** Lengths and ends as Flannel's CheckNetworkConfig has them. */
    @ParameterizedTest
    @CsvSource({
        "10.244.0.0/16, 24, 10.244.1.0, 10.244.255.0",
        "10.244.0.0/22, 24, 10.244.1.0, 10.244.3.0",
        "10.244.0.0/24, 26, 10.244.0.64, 10.244.0.192",
        "10.244.0.0/28, 30, 10.244.0.4, 10.244.0.12",
        "255.255.252.0/22, 24, 255.255.253.0, 255.255.255.0",
    })
    void config_hasFlannelsDefaults(String network, int length, String first, String last) {
        FlannelConfig config = FlannelConfig.parse("{\"Network\":\"" + network + "\"}");

        assertThat(config.range(true))
                .contains(
                        new FlannelConfig.Range(
                                IpPrefix.parse(network),
                                length,
                                IpAddresses.parse(first),
                                IpAddresses.parse(last)));
        assertThat(config.backend()).isEqualTo("udp");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "{\"Network\":\"10.244.0.0/29\"}",
                "{\"Network\":\"10.244.0.0/16\",\"SubnetLen\":17}",
                "{\"Network\":\"10.244.0.0/16\",\"SubnetLen\":31}",
                "{\"Network\":\"10.244.0.0/16\",\"SubnetMin\":\"10.244.1.1\"}",
                "{\"Network\":\"10.244.0.0/16\",\"SubnetMax\":\"10.245.1.0\"}",
                "{\"Network\":\"fd00::/48\"}",
                "{\"Network\":\"10.244.0.0/16\",\"EnableIPv6\":true}",
                "{\"EnableIPv4\":false}"
            })
    void configThatMakesNoSense_isRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> FlannelConfig.parse(text));
    }

    @Test
    void networkOfAConfig_isTheSameOnTheWire() {
        FlannelConfig config =
                config(
                        ",\"SubnetLen\":26,\"Backend\":{\"Type\":\"vxlan\",\"VNI\":7,\"Port\":4789,"
                                + "\"DirectRouting\":true}");

        assertThat(config.spec().carrier()).isEqualTo(CarrierName.VXLAN);
        assertThat(config.spec().nodePrefixLength()).isEqualTo(26);
        assertThat(config.spec().vxlan().vni()).isEqualTo(7);
        assertThat(config.spec().vxlan().port()).isEqualTo(4789);
        assertThat(config.spec().vxlan().directRouting()).isTrue();
        assertThat(config.refuses(network(CarrierName.VXLAN)).orElseThrow())
                .contains("VNI 1 and port 8472", "VNI 7 and Port 4789");
    }

    @Test
    void networkThatIsAnother_isRefusedWithTheReason() {
        FlannelConfig vxlan = config(",\"Backend\":{\"Type\":\"vxlan\"}");
        Network same = network(CarrierName.VXLAN);
        Network pools = same.withSpec(same.spec().withIpam(IpamSpec.pools()));

        assertThat(vxlan.refuses(same)).isEmpty();
        assertThat(vxlan.refuses(network(CarrierName.BGP)).orElseThrow())
                .contains("carrier bgp", "back end vxlan", "set carrier: vxlan");
        assertThat(vxlan.refuses(pools).orElseThrow()).contains("pools");
        assertThat(
                        vxlan.refuses(Network.of("pods", List.of(IpPrefix.parse("10.0.0.0/8"))))
                                .orElseThrow())
                .contains("10.0.0.0/8", "10.244.0.0/16");
        assertThat(config("").refuses(same).orElseThrow()).contains("udp");
    }

    @Test
    void tunnelsThatOursCannotBe_areRefused() {
        Network tunnels = network(CarrierName.WIREGUARD);

        assertThat(config(",\"Backend\":{\"Type\":\"wireguard\"}").refuses(tunnels)).isEmpty();
        assertThat(
                        config(",\"Backend\":{\"Type\":\"wireguard\",\"PSK\":\"c2VjcmV0\"}")
                                .refuses(tunnels)
                                .orElseThrow())
                .contains("PSK");
        FlannelConfig both =
                config(
                        ",\"EnableIPv6\":true,\"IPv6Network\":\"fd00:244::/56\",\"Backend\":"
                                + "{\"Type\":\"wireguard\",\"ListenPortV6\":51900}");
        Network separate = tunnels.withSpec(both.spec());
        assertThat(separate.spec().wireguard().separate()).isTrue();
        assertThat(separate.spec().wireguard().port(TunnelDevice.SECOND)).isEqualTo(51900);
        assertThat(both.refuses(separate)).isEmpty();
        Network one = separate.withSpec(separate.spec().withWireguard(WireguardSpec.defaults()));
        assertThat(both.refuses(one).orElseThrow()).contains("separate: false", "Mode separate");
    }

    @Test
    void nodesOfFlannel_refuseAnotherCarrier_oursDoNot() {
        Node node = Node.named("three");
        Node flannels =
                node.withMetadata(
                        node.metadata()
                                .with(NodeAnnotations.FLANNEL_MANAGER, "true")
                                .with(NodeAnnotations.FLANNEL_BACKEND, "vxlan"));
        Node ours =
                flannels.withMetadata(
                        flannels.metadata().with(NodeAnnotations.VTEP_MAC, "02:00:00:00:00:01"));
        Network hostGw = network(CarrierName.HOST_GW);

        assertThat(FlannelNodes.refuses(hostGw, List.of(ours))).isEmpty();
        assertThat(FlannelNodes.refuses(network(CarrierName.VXLAN), List.of(flannels))).isEmpty();
        assertThat(FlannelNodes.refuses(hostGw, List.of(ours, flannels)))
                .hasValueSatisfying(why -> assertThat(why).contains("three", "host-gw", "vxlan"));
    }

    @Test
    void subnetFile_isAsFlannelWritesIt() {
        assertThat(
                        SubnetFile.render(
                                List.of(
                                        IpPrefix.parse("10.244.0.0/16"),
                                        IpPrefix.parse("fd00:244::/56")),
                                List.of(
                                        IpPrefix.parse("fd00:244:0:3::/64"),
                                        IpPrefix.parse("10.244.3.0/24")),
                                1450,
                                true))
                .isEqualTo(
                        """
                        FLANNEL_NETWORK=10.244.0.0/16
                        FLANNEL_SUBNET=10.244.3.1/24
                        FLANNEL_IPV6_NETWORK=fd00:244::/56
                        FLANNEL_IPV6_SUBNET=fd00:244:0:3::1/64
                        FLANNEL_MTU=1450
                        FLANNEL_IPMASQ=true
                        """);
        assertThat(Optional.of(SubnetFile.render(List.of(), List.of(), 1500, false)))
                .contains("FLANNEL_MTU=1500\nFLANNEL_IPMASQ=false\n");
    }
}
