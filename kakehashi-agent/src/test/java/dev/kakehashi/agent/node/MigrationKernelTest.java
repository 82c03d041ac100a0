package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cluster.carrier.Way;
import dev.kakehashi.cluster.migration.CarriersAnnotation;
import dev.kakehashi.cluster.migration.NodeCarriers;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.RequiresFeature;
import dev.kakehashi.testing.TestNamespaces;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

/** Nodes with real agents change the carrier while their pods talk. */
@KernelTest
class MigrationKernelTest {
    @TempDir Path directory;
    private @Nullable NodesBed open;

    private NodesBed bed(TestNamespaces namespaces, int nodes, String carrier) throws Exception {
        return bed(namespaces, nodes, carrier, Families.IPV4);
    }

    private NodesBed bed(TestNamespaces namespaces, int nodes, String carrier, Families families)
            throws Exception {
        return bed(namespaces, nodes, carrier, families, families);
    }

    private NodesBed bed(
            TestNamespaces namespaces,
            int nodes,
            String carrier,
            Families families,
            Families underlay)
            throws Exception {
        NodesBed bed = new NodesBed(namespaces, directory.resolve("store"), families);
        open = bed;
        bed.network("carrier: " + carrier);
        bed.start(nodes, underlay);
        bed.awaitAllReach(100);
        return bed;
    }

    @AfterEach
    void close() {
        if (open != null) {
            open.close();
        }
    }

    static void awaitSettled(NodesBed bed, int nodes, Way carrier) throws Exception {
        String settled = CarriersAnnotation.text(NodeCarriers.settled(carrier));
        for (int i = 1; i <= nodes; i++) {
            int node = i;
            NodesBed.await(
                    "node-" + i + " settled with " + carrier,
                    () ->
                            bed.record(node).contains(settled)
                                    && bed.record(node).contains("reason: Settled"));
        }
    }

    private static String routes(NodesBed bed, int node) throws Exception {
        return TestNamespaces.run(bed.node(node), "ip", "route");
    }

    @Test
    void vxlanToHostGwAndBack_nothingIsLost(TestNamespaces namespaces) throws Exception {
        NodesBed bed = bed(namespaces, 3, "vxlan");
        EveryPair traffic = EveryPair.start(bed, 3);

        bed.network("carrier: host-gw");
        awaitSettled(bed, 3, Way.HOST_GW);
        assertThat(routes(bed, 1))
                .contains("10.244.2.0/24 via 192.0.2.2 dev eth0 proto 75")
                .doesNotContain("flannel.1")
                .doesNotContain("metric 20");
        assertThat(NodesBed.has(bed.node(1), "ip link", "flannel.1")).isFalse();

        bed.network("carrier: vxlan");
        awaitSettled(bed, 3, Way.VXLAN);
        assertThat(routes(bed, 1)).contains("10.244.2.0/24 via 10.244.2.0 dev flannel.1");

        traffic.assertNothingIsLost();
    }

    @Test
    void inBothFamilies_nothingIsLost(TestNamespaces namespaces) throws Exception {
        NodesBed bed = bed(namespaces, 2, "vxlan", Families.DUAL);
        EveryPair traffic = EveryPair.start(bed, 2);

        bed.network("carrier: host-gw");
        awaitSettled(bed, 2, Way.HOST_GW);
        assertThat(TestNamespaces.run(bed.node(1), "ip", "-6", "route"))
                .contains("fd00:10:244:2::/64 via 2001:db8:1::2 dev eth0")
                .doesNotContain("flannel");
        bed.network("carrier: vxlan");
        awaitSettled(bed, 2, Way.VXLAN);

        traffic.assertNothingIsLost();
    }

    /** What comes unwrapped from a node that has not changed yet is heard, too. */
    @Test
    void ofIpv4OverIpv6_nothingIsLost(TestNamespaces namespaces) throws Exception {
        NodesBed bed = bed(namespaces, 3, "host-gw", Families.IPV4, Families.IPV6);
        EveryPair traffic = EveryPair.start(bed, 3);

        bed.network("carrier: vxlan");
        awaitSettled(bed, 3, Way.VXLAN);
        bed.network("carrier: host-gw");
        awaitSettled(bed, 3, Way.HOST_GW);

        traffic.assertNothingIsLost();
    }

    @Test
    void turnedBackMidway_nothingIsLost(TestNamespaces namespaces) throws Exception {
        NodesBed bed = bed(namespaces, 3, "vxlan");
        bed.stopAgent(3);
        EveryPair traffic = EveryPair.start(bed, 3);

        bed.network("carrier: host-gw");
        NodesBed.await(
                "the pair that can",
                () -> routes(bed, 1).contains("10.244.2.0/24 via 192.0.2.2 dev eth0 proto 75 \n"));
        NodesBed.await(
                "what it waits for", () -> bed.record(1).contains("receive by it yet: node-3"));
        assertThat(routes(bed, 1))
                .as("the pair that cannot")
                .contains("10.244.3.0/24 via 10.244.3.0 dev flannel.1 proto 75 onlink \n");

        bed.network("carrier: vxlan");
        bed.startAgent(3);
        awaitSettled(bed, 3, Way.VXLAN);

        traffic.assertNothingIsLost();
    }

    @Test
    void agentKilledMidway_goesOn_nothingIsLost(TestNamespaces namespaces) throws Exception {
        NodesBed bed = bed(namespaces, 3, "vxlan");
        bed.stopAgent(3);
        Process agent = bed.startProcess(3);
        try {
            NodesBed.await("its first word", () -> bed.record(3).contains("carriers"));
            EveryPair traffic = EveryPair.start(bed, 3);

            bed.network("carrier: host-gw");
            NodesBed.await("its first step", () -> bed.record(3).contains("host-gw"));
            agent.destroyForcibly().waitFor();
            agent = bed.startProcess(3);
            awaitSettled(bed, 3, Way.HOST_GW);

            traffic.assertNothingIsLost();
        } finally {
            agent.destroyForcibly().waitFor();
        }
    }

    @Test
    @RequiresFeature("wireguard")
    void wireguardAndBack_nothingIsLost(TestNamespaces namespaces) throws Exception {
        thereAndBack(namespaces, Way.WIREGUARD);
    }

    @Test
    @RequiresFeature("ipip")
    void ipipAndBack_nothingIsLost(TestNamespaces namespaces) throws Exception {
        thereAndBack(namespaces, Way.IPIP);
    }

    private void thereAndBack(TestNamespaces namespaces, Way other) throws Exception {
        NodesBed bed = bed(namespaces, 2, "host-gw");
        EveryPair traffic = EveryPair.start(bed, 2);

        bed.network("carrier: " + other);
        awaitSettled(bed, 2, other);
        bed.network("carrier: host-gw");
        awaitSettled(bed, 2, Way.HOST_GW);

        traffic.assertNothingIsLost();
    }
}
