package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cluster.carrier.Way;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.RequiresFeature;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

/** Nodes with real agents change their WireGuard keys while their pods talk. */
@KernelTest
class KeyRotationKernelTest {
    private static final int NODES = 2;

    @TempDir Path directory;

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
            String first = bed.files(1).key(1);
            String second = bed.files(2).key(1);
            EveryPair traffic = EveryPair.start(bed, NODES);

            bed.network("carrier: wireguard", "{\"device\":2,\"nodes\":[\"node-1\"]}");
            MigrationKernelTest.awaitSettled(bed, NODES, Way.WIREGUARD_2);
            assertThat(bed.files(1).key(2)).isNotEqualTo(first);
            assertThat(bed.files(2).key(2)).isEqualTo(second);
            assertOnlyDevice(bed, "kakehashi-wg2", "kakehashi-wg:");

            bed.network("carrier: wireguard", "{\"device\":1}");
            awaitFirstStep(bed, 2);
            bed.stopAgent(2);
            bed.startAgent(2);
            MigrationKernelTest.awaitSettled(bed, NODES, Way.WIREGUARD);
            assertThat(bed.files(1).key(1)).isNotEqualTo(first);
            assertThat(bed.files(2).key(1)).isNotEqualTo(second);
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
            int old = gone.contains("2") ? 2 : 1;
            NodesBed.await(
                    "the old key of node-" + i + " to be forgotten",
                    () ->
                            !bed.files(node).hasKey(old)
                                    && !bed.record(node)
                                            .contains(
                                                    old == 2
                                                            ? "wireguard-public-key-2"
                                                            : "wireguard-public-key:"));
        }
    }
}
