package dev.kakehashi.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cluster.Condition;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.NodeAnnotations;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.MacAddress;

import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.util.List;

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
}
