package dev.kakehashi.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cluster.node.NodeKeeper;
import dev.kakehashi.cluster.yaml.YamlDocument;
import dev.kakehashi.cluster.yaml.YamlText;
import dev.kakehashi.linux.IpPrefix;

import org.junit.jupiter.api.Test;

import java.net.InetAddress;
import java.time.Instant;
import java.util.List;

class NodeYamlTest {
    /** As {@code kubectl get node -o yaml} prints it, with much that is none of ours. */
    private static final String KUBERNETES_NODE =
            """
            apiVersion: v1
            kind: Node
            metadata:
              # the big one in rack 4
              name: worker-1
              uid: 0e5d6c2e-1c1f-4a39-9d3b-1e8c1e8a0f11
              labels:
                kubernetes.io/arch: amd64
              creationTimestamp: "2026-01-31T12:00:00Z"
            spec:
              podCIDR: 10.244.3.0/24
              podCIDRs:
              - 10.244.3.0/24
              - fd00:10:244:3::/64
              taints:
              - effect: NoSchedule
                key: node.kubernetes.io/not-ready
            status:
              addresses:
              - address: 192.0.2.3
                type: InternalIP
              - address: worker-1
                type: Hostname
              conditions:
              - lastHeartbeatTime: "2026-01-31T12:10:00Z"
                lastTransitionTime: "2026-01-31T12:00:10Z"
                message: kubelet is posting ready status
                reason: KubeletReady
                status: "True"
                type: Ready
              capacity:
                cpu: "2"
            """;

    private static Node read(String text) throws InvalidObjectException {
        YamlDocument document = YamlDocument.parse("nodes/worker-1.yaml", text);
        return Kind.NODE.decode(document.source(), document.tree(), document.lines()).object();
    }

    @Test
    void whoFollowsOthers_keepsTheirLabelsAndWhatIsRead() throws Exception {
        Node node = read(KUBERNETES_NODE);
        Node other = node.seenBy("worker-2");

        assertThat(node.seenBy("worker-1")).isEqualTo(node);
        assertThat(LabelSelector.labelsOf(other)).isEqualTo(LabelSelector.labelsOf(node));
        assertThat(other.podCidrs()).isEqualTo(node.podCidrs());
        assertThat(other.addresses()).isEqualTo(node.addresses());
        assertThat(other.origin().fields()).containsOnlyKeys("metadata");
    }

    @Test
    void whoFollowsOthers_keepsOfTheirConditionsWhoLooksAfterThem() throws Exception {
        Node node = read(KUBERNETES_NODE);
        Condition up =
                new Condition(
                        Condition.NETWORK_UNAVAILABLE, "False", "FlannelIsUp", "", Instant.EPOCH);
        Node flannels = node.withConditions(up.replaceIn(node.conditions()));

        assertThat(NodeKeeper.seenBy(node, "worker-1")).isEqualTo(node);
        assertThat(NodeKeeper.seenBy(node, "worker-2").conditions()).isEmpty();
        assertThat(NodeKeeper.seenBy(flannels, "worker-2").conditions()).containsExactly(up);
    }

    @Test
    void kubernetesNode_isReadWithoutWarning() throws Exception {
        YamlDocument document = YamlDocument.parse("nodes/worker-1.yaml", KUBERNETES_NODE);
        Kind.Decoded<Node> decoded =
                Kind.NODE.decode(document.source(), document.tree(), document.lines());
        Node node = decoded.object();

        assertThat(decoded.warnings()).isEmpty();
        assertThat(node.podCidrs())
                .containsExactly(
                        IpPrefix.parse("10.244.3.0/24"), IpPrefix.parse("fd00:10:244:3::/64"));
        assertThat(node.internalAddress(true)).contains(InetAddress.ofLiteral("192.0.2.3"));
        assertThat(node.internalAddress(false)).isEmpty();
        assertThat(node.metadata().created()).isEqualTo(Instant.parse("2026-01-31T12:00:00Z"));
        assertThat(node.condition("Ready"))
                .hasValueSatisfying(c -> assertThat(c.status()).isEqualTo("True"));
    }

    @Test
    void rewrite_changesOnlyWhatIsSaid() throws Exception {
        Node node = read(KUBERNETES_NODE);
        Condition available =
                new Condition(
                        "NetworkUnavailable",
                        "False",
                        "Ready",
                        "vxlan",
                        Instant.parse("2026-02-01T00:00:00Z"));
        Node changed =
                node.withMetadata(
                                node.metadata().with(NodeAnnotations.VTEP_MAC, "02:00:00:12:34:56"))
                        .withConditions(available.replaceIn(node.conditions()));

        String text =
                YamlText.rewrite("nodes/worker-1.yaml", KUBERNETES_NODE, Kind.NODE.encode(changed));

        List<String> added = text.lines().filter(line -> !KUBERNETES_NODE.contains(line)).toList();
        assertThat(text.lines().map(String::strip))
                .containsAll(KUBERNETES_NODE.lines().map(String::strip).toList());
        assertThat(added)
                .extracting(String::strip)
                .containsExactly(
                        "annotations:",
                        "kakehashi.dev/vtep-mac: \"02:00:00:12:34:56\"",
                        "- type: NetworkUnavailable",
                        "status: \"False\"",
                        "reason: Ready",
                        "message: vxlan",
                        "lastTransitionTime: \"2026-02-01T00:00:00Z\"");
        assertThat(read(text).conditions()).isEqualTo(changed.conditions());
    }

    @Test
    void conditionReplaced_transitionTimeMovesOnlyWithTheStatus() {
        Instant before = Instant.parse("2026-01-01T00:00:00Z");
        Instant now = Instant.parse("2026-01-02T00:00:00Z");
        List<Condition> old = List.of(new Condition("A", "True", "x", "", before));

        assertThat(new Condition("A", "True", "y", "", now).replaceIn(old))
                .containsExactly(new Condition("A", "True", "y", "", before));
        assertThat(new Condition("A", "False", "y", "", now).replaceIn(old))
                .containsExactly(new Condition("A", "False", "y", "", now));
    }

    @Test
    void podCidrThatIsNotTheFirstOfPodCidrs_isRefused() {
        String text = KUBERNETES_NODE.replace("podCIDR: 10.244.3.0/24", "podCIDR: 10.244.4.0/24");

        assertThatThrownBy(() -> read(text))
                .hasMessage(
                        "nodes/worker-1.yaml:11: spec.podCIDR: must be the first of podCIDRs, 10.244.3.0/24");
    }
}
