package dev.kakehashi.cluster.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cluster.CarrierName;
import dev.kakehashi.cluster.CrossSubnet;
import dev.kakehashi.cluster.IpipSpec;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.VxlanSpec;
import dev.kakehashi.cluster.WireguardSpec;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What a node gets, as commands. {@code -Dgolden.update=true} writes what is compiled now. */
class CompileGoldenTest {
    private static final Path GOLDEN = Path.of("src", "test", "resources", "golden");

    static Stream<Arguments> clusters() {
        Network vxlan = Cluster.NETWORK;
        Network hostGw = vxlan.withSpec(vxlan.spec().withCarrier(CarrierName.HOST_GW));
        Network direct = vxlan.withSpec(vxlan.spec().withVxlan(new VxlanSpec(1, 8472, true)));
        Network dual = Cluster.DUAL;
        Network ipip = vxlan.withSpec(vxlan.spec().withCarrier(CarrierName.IPIP));
        return Stream.of(
                Arguments.of("vxlan-1", vxlan, 1),
                Arguments.of("vxlan-2", vxlan, 2),
                Arguments.of("vxlan-3", vxlan, 3),
                Arguments.of("vxlan-20", vxlan, 20),
                Arguments.of("vxlan-direct-20", direct, 20),
                Arguments.of("vxlan-dual-3", dual, 3),
                Arguments.of("ipip-1", ipip, 1),
                Arguments.of("ipip-3", ipip, 3),
                Arguments.of("ipip-20", ipip, 20),
                Arguments.of(
                        "ipip-direct-20",
                        ipip.withSpec(ipip.spec().withIpip(new IpipSpec(true))),
                        20),
                Arguments.of(
                        "host-gw-cross-ipip-20",
                        hostGw.withSpec(hostGw.spec().withCrossSubnet(CrossSubnet.IPIP)),
                        20),
                Arguments.of("wireguard-1", encrypted(vxlan), 1),
                Arguments.of("wireguard-3", encrypted(vxlan), 3),
                Arguments.of("wireguard-20", encrypted(vxlan), 20),
                Arguments.of("wireguard-dual-3", encrypted(dual), 3),
                Arguments.of(
                        "wireguard-separate-dual-3",
                        encrypted(dual)
                                .withSpec(
                                        encrypted(dual)
                                                .spec()
                                                .withWireguard(
                                                        WireguardSpec.of(51821, 25)
                                                                .separated(51823))),
                        3),
                Arguments.of(
                        "host-gw-cross-wireguard-20",
                        hostGw.withSpec(hostGw.spec().withCrossSubnet(CrossSubnet.WIREGUARD)),
                        20),
                Arguments.of(
                        "bgp-dual-3", dual.withSpec(dual.spec().withCarrier(CarrierName.BGP)), 3),
                Arguments.of("host-gw-1", hostGw, 1),
                Arguments.of("host-gw-2", hostGw, 2),
                Arguments.of("host-gw-3", hostGw, 3),
                Arguments.of("host-gw-20", hostGw, 20),
                Arguments.of(
                        "host-gw-cross-20",
                        hostGw.withSpec(hostGw.spec().withCrossSubnet(CrossSubnet.VXLAN)),
                        20),
                Arguments.of(
                        "host-gw-dual-3",
                        dual.withSpec(dual.spec().withCarrier(CarrierName.HOST_GW)),
                        3));
    }

    private static Network encrypted(Network network) {
        return network.withSpec(
                network.spec()
                        .withCarrier(CarrierName.WIREGUARD)
                        .withWireguard(WireguardSpec.of(51821, 25)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("clusters")
    void compiledForTheFirstNode_isAsWritten(String name, Network network, int nodes)
            throws Exception {
        assertIsWritten(name, Cluster.compile(network, 1, Cluster.nodes(network, nodes)));
    }

    static Stream<Arguments> clustersWithoutIpv4() {
        Network one = Cluster.NETWORK;
        Network dual = Cluster.DUAL;
        return Stream.of(
                Arguments.of("vxlan-over-ipv6-3", one, 3),
                Arguments.of("vxlan-dual-over-ipv6-3", dual, 3),
                Arguments.of("wireguard-dual-over-ipv6-3", encrypted(dual), 3),
                Arguments.of(
                        "host-gw-over-ipv6-20",
                        one.withSpec(one.spec().withCarrier(CarrierName.HOST_GW)),
                        20),
                Arguments.of(
                        "host-gw-dual-over-ipv6-3",
                        dual.withSpec(dual.spec().withCarrier(CarrierName.HOST_GW)),
                        3));
    }

    /** Pods with IPv4 addresses on nodes that have none. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("clustersWithoutIpv4")
    void compiledForNodesWithoutIpv4_isAsWritten(String name, Network network, int nodes)
            throws Exception {
        List<Node> others = new ArrayList<>();
        for (int i = 1; i <= nodes; i++) {
            others.add(Cluster.node(network, i, Cluster.underlayOfIpv6(i)));
        }
        assertIsWritten(
                name,
                NodeCompiler.compile(
                        network,
                        Cluster.self(network, 1, Cluster.underlayOfIpv6(1)),
                        ClusterState.of(others)));
    }

    private static void assertIsWritten(String name, NodeState state) throws IOException {
        String text = Cluster.text(state);
        Path golden = GOLDEN.resolve(name + ".txt");

        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(golden, text);
        }
        assertThat(text).isEqualTo(Files.readString(golden));
    }
}
