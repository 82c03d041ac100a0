package dev.kakehashi.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cluster.CarrierName;
import dev.kakehashi.cluster.Condition;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.NodeAnnotations;
import dev.kakehashi.cluster.TunnelDevice;
import dev.kakehashi.cluster.WireguardSpec;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.wireguard.WireguardKey;

import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

class NodeRecordTest {
    private static final Network NETWORK =
            Network.of("pods", List.of(IpPrefix.parse("10.244.0.0/16")));
    private static final NodeFacts FACTS =
            NodeFacts.of(
                    "node-1",
                    new Underlay("eth0", List.of(IpPrefix.parse("192.0.2.1/24")), 1500),
                    Vteps.of(MacAddress.parse("02:00:00:00:00:01")),
                    List.of(),
                    Instant.EPOCH);

    private static Node with(Node node, String key, String value) {
        return node.withMetadata(node.metadata().with(key, value));
    }

    private static Node flannelIsUp(Node node) {
        return node.withConditions(
                List.of(
                        new Condition(
                                "NetworkUnavailable",
                                Condition.FALSE,
                                "FlannelIsUp",
                                "Flannel is running on this node",
                                Instant.EPOCH)));
    }

    @Test
    void addressThatAnOperatorSets_isToldAsTheNodesOwn() {
        Node node =
                with(
                        Node.named("node-1"),
                        NodeAnnotations.FLANNEL_PUBLIC_IP_OVERWRITE,
                        "203.0.113.7");

        assertThat(NodeRecord.describe(node, NETWORK, FACTS).metadata().annotations())
                .containsEntry(NodeAnnotations.FLANNEL_PUBLIC_IP, "203.0.113.7");
    }

    /** Pods of IPv4 go by it where another node has no IPv4 address. */
    @Test
    void addressOfIpv6_isToldWhereNoPodHasOne() {
        Underlay dual =
                new Underlay(
                        "eth0",
                        List.of(IpPrefix.parse("192.0.2.1/24"), IpPrefix.parse("2001:db8:1::1/64")),
                        1500);
        NodeFacts facts =
                NodeFacts.of(
                        "node-1",
                        dual,
                        Vteps.of(MacAddress.parse("02:00:00:00:00:01")),
                        List.of(),
                        Instant.EPOCH);

        assertThat(
                        NodeRecord.describe(Node.named("node-1"), NETWORK, facts)
                                .metadata()
                                .annotations())
                .containsEntry(NodeAnnotations.FLANNEL_PUBLIC_IP, "192.0.2.1")
                .containsEntry(NodeAnnotations.FLANNEL_PUBLIC_IPV6, "2001:db8:1::1")
                .doesNotContainKey(NodeAnnotations.FLANNEL_BACKEND_V6_DATA);
    }

    @Test
    void addressThatMakesNoSense_isNotTold() {
        Node node =
                with(Node.named("node-1"), NodeAnnotations.FLANNEL_PUBLIC_IP_OVERWRITE, "fd00::7");

        assertThat(NodeRecord.describe(node, NETWORK, FACTS).metadata().annotations())
                .containsEntry(NodeAnnotations.FLANNEL_PUBLIC_IP, "192.0.2.1");
    }

    @Test
    void withoutFlannelsWords_hasOursOnly() {
        Node node = NodeRecord.describe(Node.named("node-1"), NETWORK, FACTS);

        assertThat(NodeRecord.withoutFlannelsWords(node).metadata().annotations())
                .containsKey(NodeAnnotations.VTEP_MAC)
                .allSatisfy((key, _) -> assertThat(key).startsWith("kakehashi.dev/"));
    }

    @Test
    void nodeGivenBackToFlannel_isFlannels_andItsWordsAreHeard() {
        Node ours = NodeRecord.describe(Node.named("node-1"), NETWORK, FACTS);
        String fresh = "{\"VNI\":1,\"VtepMAC\":\"02:00:00:00:00:09\"}";

        Node given = with(flannelIsUp(ours), NodeAnnotations.FLANNEL_BACKEND_DATA, fresh);

        assertThat(NodeKeeper.isFlannel(ours)).isFalse();
        assertThat(NodeKeeper.isFlannel(given)).isTrue();
        assertThat(VtepData.macOf(given, true)).contains(MacAddress.parse("02:00:00:00:00:09"));
    }

    @Test
    void portOfATunnel_isFlannelsWord_orOurOwn() {
        String key = "q7gxAJ5Q2x4jPfgCxl0hZbvZVB2dJ4Ds7iiKKBKIrXU=";
        Node flannels =
                with(
                        with(Node.named("node-1"), NodeAnnotations.FLANNEL_MANAGER, "true"),
                        NodeAnnotations.FLANNEL_BACKEND_DATA,
                        "{\"PublicKey\":\"" + key + "\",\"Port\":51999}");
        Node ours =
                NodeRecord.describe(
                        flannels,
                        NETWORK.withSpec(NETWORK.spec().withCarrier(CarrierName.WIREGUARD)),
                        FACTS.withTunnelKeys(Map.of(TunnelDevice.FIRST, WireguardKey.parse(key)))
                                .withTunnelPort(Optional.of(51822)));

        assertThat(WireguardData.portsOf(flannels)).containsEntry(TunnelDevice.FIRST, 51999);
        assertThat(WireguardData.portsOf(ours)).containsEntry(TunnelDevice.FIRST, 51822);
        assertThat(ours.metadata().annotations().get(NodeAnnotations.FLANNEL_BACKEND_DATA))
                .isEqualTo("{\"PublicKey\":\"" + key + "\",\"Port\":51822}");
        assertThat(WireguardData.portsOf(with(ours, NodeAnnotations.WIREGUARD_PORT, "-1")))
                .isEmpty();
    }

    @Test
    void silentNode_saysNothingAnew() {
        Node flannels = with(Node.named("node-1"), NodeAnnotations.FLANNEL_MANAGER, "true");

        assertThat(NodeRecord.describe(flannels, NETWORK, FACTS.silenced()).metadata())
                .isEqualTo(flannels.metadata());
    }

    @Test
    void portBesideBoth_isNeither() {
        assertThat(WireguardSpec.of(51820, 0).portBesideBoth()).isEqualTo(51822);
        assertThat(WireguardSpec.of(65535, 0).portBesideBoth()).isEqualTo(65533);
    }
}
