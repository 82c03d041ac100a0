package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cluster.carrier.Way;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.RequiresFeature;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;

/** Nodes with real agents change their WireGuard keys while their pods talk. */
@KernelTest
class KeyRotationKernelTest {
    private static final int NODES = 2;

    @TempDir Path directory;

    private static String key(NodesBed bed, int node, String file) throws Exception {
        return Files.readString(bed.stateDirectory(node).resolve(file));
    }

    /**
     * One node's key, then both nodes' while an agent ends in the midst of it and begins again:
     * each packet and each connection arrives.
     */
    @Test
    @RequiresFeature("wireguard")
    void ofOneNodeThenOfAll_nothingIsLost(TestNamespaces namespaces) throws Exception {
        try (NodesBed bed = new NodesBed(namespaces, directory.resolve("store"), Families.IPV4)) {
            bed.network("carrier: wireguard");
            bed.start(NODES, Families.IPV4);
            bed.awaitAllReach(100);
            String first = key(bed, 1, "wireguard.key");
            String second = key(bed, 2, "wireguard.key");
            EveryPair traffic = EveryPair.start(bed, NODES);

            bed.network("carrier: wireguard", "{\"device\":2,\"nodes\":[\"node-1\"]}");
            MigrationKernelTest.awaitSettled(bed, NODES, Way.WIREGUARD_2);
            assertThat(key(bed, 1, "wireguard-2.key")).isNotEqualTo(first);
            assertThat(key(bed, 2, "wireguard-2.key")).isEqualTo(second);
            assertOnlyDevice(bed, "kakehashi-wg2", "kakehashi-wg:");

            bed.network("carrier: wireguard", "{\"device\":1}");
            awaitFirstStep(bed, 2);
            bed.stopAgent(2);
            bed.startAgent(2);
            MigrationKernelTest.awaitSettled(bed, NODES, Way.WIREGUARD);
            assertThat(key(bed, 1, "wireguard.key")).isNotEqualTo(first);
            assertThat(key(bed, 2, "wireguard.key")).isNotEqualTo(second);
            assertOnlyDevice(bed, "kakehashi-wg:", "kakehashi-wg2");

            traffic.assertNothingIsLost();
        }
    }

    private static void awaitFirstStep(NodesBed bed, int node) throws Exception {
        NodesBed.await(
                "the first step of node-" + node,
                () -> bed.record(node).contains("\"wireguard\",\"wireguard-2\""));
    }

    private void assertOnlyDevice(NodesBed bed, String there, String gone) throws Exception {
        for (int i = 1; i <= NODES; i++) {
            int node = i;
            assertThat(TestNamespaces.run(bed.node(i), "ip", "link"))
                    .contains(there)
                    .doesNotContain(gone);
            String old = gone.contains("2") ? "wireguard-2.key" : "wireguard.key";
            NodesBed.await(
                    "the old key of node-" + i + " to be forgotten",
                    () ->
                            !Files.exists(bed.stateDirectory(node).resolve(old))
                                    && !bed.record(node)
                                            .contains(
                                                    gone.contains("2")
                                                            ? "wireguard-public-key-2"
                                                            : "wireguard-public-key:"));
        }
    }
}
