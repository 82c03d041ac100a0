package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.RequiresFeature;
import dev.kakehashi.testing.TestNamespaces;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Optional;

/** Nodes 1 and 2 share a segment, and a router is between them and node 3. */
@KernelTest
class RouterBetweenKernelTest {
    private static final int SMALL = 16;
    private static final int IPV4_UDP = 20 + 8;

    @TempDir Path store;
    private @Nullable NodesBed open;

    private NodesBed start(String carrier, TestNamespaces namespaces) throws Exception {
        NodesBed bed = new NodesBed(namespaces, store, Families.IPV4);
        open = bed;
        bed.network(carrier);
        bed.segment().routeTo(3);
        bed.start(3, Families.IPV4);
        return bed;
    }

    @AfterEach
    void close() {
        if (open != null) {
            open.close();
        }
    }

    private static void assertRoutes(NodesBed bed, String device) throws IOException {
        assertThat(routes(bed.node(1)))
                .contains("10.244.2.0/24 via 192.0.2.2 dev eth0 ")
                .containsPattern("10\\.244\\.3\\.0/24 .*dev " + device + " ");
        assertThat(routes(bed.node(2)))
                .contains("10.244.1.0/24 via 192.0.2.1 dev eth0 ")
                .containsPattern("10\\.244\\.3\\.0/24 .*dev " + device + " ");
        assertThat(routes(bed.node(3)))
                .containsPattern("10\\.244\\.1\\.0/24 .*dev " + device + " ")
                .containsPattern("10\\.244\\.2\\.0/24 .*dev " + device + " ");
    }

    private static String routes(Netns node) throws IOException {
        return TestNamespaces.run(node, "ip", "route");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "carrier: vxlan, vxlan: {directRouting: true}",
                "carrier: host-gw, crossSubnet: vxlan",
            })
    void oneSegmentByRoutes_acrossTheRouterByTheDevice(String carrier, TestNamespaces namespaces)
            throws Exception {
        NodesBed bed = start(carrier, namespaces);

        bed.awaitAllReach(SMALL);
        bed.awaitAllReach(1500 - 50 - IPV4_UDP);
        assertRoutes(bed, "flannel.1");

        // The one way does not depend on the other, and the lost one comes back.
        NodesBed.sh(bed.node(1), "ip link del flannel.1; ip route del 10.244.2.0/24");
        bed.awaitAllReach(SMALL);
        assertRoutes(bed, "flannel.1");
    }

    @ParameterizedTest
    @RequiresFeature("ipip")
    @ValueSource(
            strings = {
                "carrier: ipip, ipip: {directRouting: true}",
                "carrier: host-gw, crossSubnet: ipip",
            })
    void ipip_acrossTheRouterOnly(String carrier, TestNamespaces namespaces) throws Exception {
        NodesBed bed = start(carrier, namespaces);

        bed.awaitAllReach(SMALL);
        bed.awaitAllReach(1500 - 20 - IPV4_UDP);
        assertRoutes(bed, "kakehashi-ipip");
    }

    @Test
    void hostGwWithoutOverlay_refusesTheNodeBehindTheRouter_andKeepsTheOther(
            TestNamespaces namespaces) throws Exception {
        NodesBed bed = start("carrier: host-gw", namespaces);

        NodesBed.await("the report of node-1", () -> refused(bed, 1, "node-3", "198.51.100.3"));
        NodesBed.await("the report of node-2", () -> refused(bed, 2, "node-3", "198.51.100.3"));
        NodesBed.await("the report of node-3", () -> refused(bed, 3, "node-1", "192.0.2.1"));
        assertReach(bed, 1, 2, true);
        assertReach(bed, 2, 1, true);
        assertReach(bed, 1, 3, false);
        assertReach(bed, 3, 1, false);
        assertThat(routes(bed.node(1)))
                .contains("10.244.2.0/24 via 192.0.2.2 dev eth0 ")
                .doesNotContain("10.244.3.");

        // What is said to be done helps.
        bed.network("carrier: host-gw, crossSubnet: vxlan");
        bed.awaitAllReach(SMALL);
        NodesBed.await(
                "nobody to be refused", () -> !bed.record(1).contains("host-gw cannot reach"));
    }

    private static boolean refused(NodesBed bed, int node, String peer, String address)
            throws IOException {
        String record = bed.record(node).replaceAll("\\s+", " ");
        return record.contains("KakehashiPeersRefused")
                && record.contains(peer)
                && record.contains("host-gw cannot reach")
                && record.contains("its address " + address + " is in no network of eth0")
                && record.contains("so a router is between");
    }

    private static void assertReach(NodesBed bed, int from, int to, boolean wanted)
            throws Exception {
        Optional<InetAddress> own =
                Optional.of(InetAddress.ofLiteral(NodesBed.address(from, 2, true)));
        if (wanted) {
            NodesBed.await(
                    "pod %d to hear pod %d".formatted(to, from),
                    () -> bed.heard(bed.pod(from), to, true, SMALL).equals(own));
        } else {
            assertThat(bed.heard(bed.pod(from), to, true, SMALL)).isEmpty();
        }
    }
}
