package dev.kakehashi.cluster.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cluster.CarrierName;
import dev.kakehashi.cluster.Metadata;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.NodeAddress;
import dev.kakehashi.cluster.NodeAnnotations;
import dev.kakehashi.cluster.TunnelDevice;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.MacAddress;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

class PeersTest {
    private static final Network ENCRYPTED =
            Cluster.NETWORK.withSpec(Cluster.NETWORK.spec().withCarrier(CarrierName.WIREGUARD));

    private static Node node(int i) {
        return Cluster.node(Cluster.NETWORK, i);
    }

    private static Node with(Node node, String key, String value) {
        return node.withMetadata(node.metadata().with(key, value));
    }

    private static Node aged(Node node, Instant created) {
        Metadata metadata = node.metadata();
        return node.withMetadata(new Metadata(metadata.name(), metadata.annotations(), created));
    }

    private static Peers peers(Node... nodes) {
        return Peers.of(
                Cluster.NETWORK, Cluster.self(Cluster.NETWORK, 1), ClusterState.of(List.of(nodes)));
    }

    @Test
    void theNodeItselfAndThoseWithoutSubnet_areNoPeers() {
        Node unregistered = node(3).withPodCidrs(List.of());
        Node elsewhere = node(4).withPodCidrs(List.of(IpPrefix.parse("172.30.4.0/24")));

        Peers peers = peers(node(1), node(2), unregistered, elsewhere);

        assertThat(peers.usable()).extracting(Peer::name).containsExactly("node-2");
        assertThat(peers.refused()).isEmpty();
    }

    @Test
    void flannelNode_isAPeer() {
        Node flannel =
                Node.named("flannel")
                        .withPodCidrs(List.of(IpPrefix.parse("10.244.9.0/24")))
                        .withMetadata(
                                Metadata.named("flannel")
                                        .with(NodeAnnotations.FLANNEL_PUBLIC_IP, "192.0.2.9")
                                        .with(
                                                NodeAnnotations.FLANNEL_BACKEND_DATA,
                                                "{\"VNI\":1,\"VtepMAC\":\"a6:1f:00:00:00:09\"}"));

        assertThat(peers(flannel).usable())
                .containsExactly(
                        new Peer(
                                "flannel",
                                List.of(
                                        new Peer.Endpoint(
                                                List.of(IpPrefix.parse("10.244.9.0/24")),
                                                InetAddress.ofLiteral("192.0.2.9"),
                                                true,
                                                Optional.of(
                                                        MacAddress.parse("a6:1f:00:00:00:09")))),
                                Map.of(),
                                Map.of(),
                                OptionalInt.empty()));
    }

    @Test
    void underlayAddress_operatorsBeforeAgentsBeforeKubelets() {
        Node kubelet =
                Node.named("k")
                        .withPodCidrs(List.of(IpPrefix.parse("10.244.9.0/24")))
                        .withAddresses(
                                List.of(new NodeAddress(NodeAddress.INTERNAL_IP, "192.0.2.7")));
        Node agent = with(kubelet, NodeAnnotations.FLANNEL_PUBLIC_IP, "192.0.2.8");
        Node operator = with(agent, NodeAnnotations.FLANNEL_PUBLIC_IP_OVERWRITE, "192.0.2.9");

        assertThat(List.of(kubelet, agent, operator))
                .extracting(
                        node -> peers(node).usable().getFirst().endpoints().getFirst().underlay())
                .containsExactly(
                        InetAddress.ofLiteral("192.0.2.7"),
                        InetAddress.ofLiteral("192.0.2.8"),
                        InetAddress.ofLiteral("192.0.2.9"));
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 'its address 127.0.0.1 is not one of a host'",
        "224.0.0.1, 'its address 224.0.0.1 is not one of a host'",
        "0.0.0.0, 'its address 0.0.0.0 is not one of a host'",
        "192.0.2.1, 'its address 192.0.2.1 is that of node node-1'",
        "10.244.2.1, 'its address 10.244.2.1 is inside the network''s own 10.244.0.0/16'",
    })
    void addressThatCannotBe_isRefused(String address, String reason) {
        assertThat(peers(with(node(2), NodeAnnotations.FLANNEL_PUBLIC_IP, address)).refused())
                .containsExactly(new RefusedPeer("node-2", reason));
    }

    @Test
    void subnetOfThisNode_isRefused() {
        Node thief = node(2).withPodCidrs(List.of(IpPrefix.parse("10.244.1.128/25")));

        assertThat(peers(thief).refused())
                .extracting(RefusedPeer::toString)
                .containsExactly(
                        "node node-2: its subnet 10.244.1.128/25 overlaps 10.244.1.0/24 of node node-1");
    }

    @Test
    void subnetThatHoldsOthers_isRefused() {
        Node greedy =
                aged(node(5).withPodCidrs(List.of(IpPrefix.parse("10.244.0.0/16"))), Instant.MAX);

        assertThat(peers(node(2), greedy, node(3)).usable())
                .extracting(Peer::name)
                .containsExactly("node-2", "node-3");
    }

    @Test
    void sameOfTwoNodes_theElderIsBelieved() {
        Node elder = aged(node(7), Cluster.EPOCH);
        Node subnetThief = node(2).withPodCidrs(elder.podCidrs());
        Node addressThief = with(node(3), NodeAnnotations.FLANNEL_PUBLIC_IP, "192.0.2.7");
        Node vtepThief = with(node(4), NodeAnnotations.VTEP_MAC, Cluster.vtep(7).toString());
        Node undated = aged(node(5).withPodCidrs(elder.podCidrs()), Instant.EPOCH);

        Peers peers = peers(undated, subnetThief, addressThief, vtepThief, elder);

        assertThat(peers.usable()).extracting(Peer::name).containsExactly("node-7");
        assertThat(peers.refused())
                .extracting(RefusedPeer::toString)
                .containsExactly(
                        "node node-2: its subnet 10.244.7.0/24 overlaps 10.244.7.0/24 of node node-7",
                        "node node-3: its address 192.0.2.7 is that of node node-7",
                        "node node-4: its VXLAN address 02:aa:00:00:00:07 is that of node node-7",
                        "node node-5: its subnet 10.244.7.0/24 overlaps 10.244.7.0/24 of node node-7");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "{",
                "[]",
                "{\"VtepMAC\":1}",
                "{\"VtepMAC\":\"x\"}",
                "{\"VtepMAC\":\"01:00:5e:00:00:01\"}",
                "{\"VtepMAC\":\"00:00:00:00:00:00\"}"
            })
    void backendDataOfNoUse_leavesThePeerWithoutVxlanAddress(String data) {
        Node node = with(node(2), NodeAnnotations.FLANNEL_BACKEND_DATA, data);
        node = node.withMetadata(node.metadata().without(NodeAnnotations.VTEP_MAC));

        assertThat(peers(node).usable().getFirst().endpoints().getFirst().vtep()).isEmpty();
    }

    @Test
    void wireguardKeyOfAnotherNode_isNotTaken() {
        Node thief =
                with(
                        Cluster.node(ENCRYPTED, 3),
                        NodeAnnotations.WIREGUARD_PUBLIC_KEY,
                        Cluster.tunnelKey(2).publicKey().toString());
        Node thiefOfOurs =
                with(
                        Cluster.node(ENCRYPTED, 4),
                        NodeAnnotations.WIREGUARD_PUBLIC_KEY,
                        Cluster.tunnelKey(1).publicKey().toString());

        Peers peers =
                Peers.of(
                        ENCRYPTED,
                        Cluster.self(ENCRYPTED, 1),
                        ClusterState.of(List.of(thiefOfOurs, thief, Cluster.node(ENCRYPTED, 2))));

        assertThat(peers.usable())
                .extracting(Peer::tunnelKeys)
                .containsExactly(
                        Map.of(TunnelDevice.FIRST, Cluster.tunnelKey(2).publicKey()),
                        Map.of(),
                        Map.of());
        assertThat(peers.refused())
                .extracting(RefusedPeer::toString)
                .containsExactly(
                        "node node-3: its WireGuard key "
                                + Cluster.tunnelKey(2).publicKey()
                                + " is that of node node-2",
                        "node node-4: its WireGuard key "
                                + Cluster.tunnelKey(1).publicKey()
                                + " is that of node node-1");
    }

    @Test
    void nodeWithoutWireguardKey_isSetAsideUntilItHasOne() throws Exception {
        Node silent = node(2);

        NodeState state = Cluster.compile(ENCRYPTED, 1, List.of(silent));

        assertThat(state.peers()).isEmpty();
        assertThat(state.refused())
                .containsExactly(
                        new RefusedPeer(
                                "node-2", "has not told its WireGuard key yet, for 10.244.2.0/24"));
    }

    @Test
    void flannelNodeWithWireguard_isAPeer() {
        Node flannel =
                with(
                        with(
                                node(2),
                                NodeAnnotations.FLANNEL_BACKEND_DATA,
                                "{\"PublicKey\":\""
                                        + Cluster.tunnelKey(2).publicKey()
                                        + "\",\"Port\":51820}"),
                        NodeAnnotations.FLANNEL_BACKEND,
                        "wireguard");

        Peers peers =
                Peers.of(ENCRYPTED, Cluster.self(ENCRYPTED, 1), ClusterState.of(List.of(flannel)));

        assertThat(peers.usable().getFirst().tunnelKeys())
                .containsEntry(TunnelDevice.FIRST, Cluster.tunnelKey(2).publicKey());
    }
}
