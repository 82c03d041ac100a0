package dev.kakehashi.cluster.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cluster.CarrierName;
import dev.kakehashi.cluster.CrossSubnet;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.NodeAnnotations;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.Route;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

class RouteMtusTest {
    private static Network by(Network network, CarrierName carrier) {
        return network.withSpec(network.spec().withCarrier(carrier));
    }

    private static OptionalInt mtuOf(NodeState state, String destination) {
        return state.desired().in(NamespaceId.HOST).stream()
                .filter(Route.class::isInstance)
                .map(Route.class::cast)
                .filter(route -> route.destination().equals(IpPrefix.parse(destination)))
                .findFirst()
                .orElseThrow()
                .mtu();
    }

    /** Octets to node 2 by IPv4 and IPv6; node 3 has the whole of the underlay. */
    private static NodeState narrow(Network network, int octets) throws Exception {
        return NodeCompiler.compile(
                network,
                Cluster.self(network, 1)
                        .withNarrowPaths(
                                Map.of(
                                        InetAddress.ofLiteral("192.0.2.2"), octets,
                                        InetAddress.ofLiteral("2001:db8:1::2"), octets)),
                ClusterState.of(Cluster.nodes(network, 3)));
    }

    @ParameterizedTest
    @CsvSource({
        "VXLAN, 1400, 1350, 1330",
        "HOST_GW, 1400, 1400, 1400",
        "IPIP, 1400, 1380, ",
        "VXLAN, 1340, 1290, 1280",
    })
    void narrowPath_leavesRoomForTheWrapper(CarrierName carrier, int octets, int ipv4, Integer ipv6)
            throws Exception {
        NodeState state =
                narrow(by(ipv6 == null ? Cluster.NETWORK : Cluster.DUAL, carrier), octets);

        assertThat(mtuOf(state, "10.244.2.0/24")).hasValue(ipv4);
        assertThat(mtuOf(state, "10.244.3.0/24")).isEmpty();
        if (ipv6 != null) {
            assertThat(mtuOf(state, "fd00:10:244:2::/64")).hasValue(ipv6);
        }
        assertThat(state.podMtu()).isGreaterThan(octets - 71);
    }

    /** Of VXLAN across routers, the pods' MTU is the smaller; in the segment more goes. */
    @Test
    void pathThatCarriesWhatPodsSend_leavesTheRouteAsItIs() throws Exception {
        Network network =
                Cluster.NETWORK.withSpec(
                        by(Cluster.NETWORK, CarrierName.HOST_GW)
                                .spec()
                                .withCrossSubnet(CrossSubnet.VXLAN));

        assertThat(mtuOf(narrow(network, 1460), "10.244.2.0/24")).isEmpty();
        assertThat(mtuOf(narrow(network, 1440), "10.244.2.0/24")).hasValue(1440);
    }

    @ParameterizedTest
    @CsvSource({"1300, 1300", "1450, ", "9000, ", "12, ", "many, ", "-1, "})
    void peerWithSmallerPods_isSentWhatTheyTake(String said, Integer mtu) throws Exception {
        Network network = by(Cluster.NETWORK, CarrierName.VXLAN);
        List<Node> nodes = new ArrayList<>(Cluster.nodes(network, 2));
        Node peer = nodes.get(1);
        nodes.set(1, peer.withMetadata(peer.metadata().with(NodeAnnotations.POD_MTU, said)));

        OptionalInt route = mtuOf(Cluster.compile(network, 1, nodes), "10.244.2.0/24");

        assertThat(route).isEqualTo(mtu == null ? OptionalInt.empty() : OptionalInt.of(mtu));
    }
}
