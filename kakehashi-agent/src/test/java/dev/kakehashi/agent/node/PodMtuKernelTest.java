package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** Pods that run follow the MTU of the network below. */
@KernelTest
class PodMtuKernelTest {
    private static final int SMALL = 16;
    private static final int IPV4_UDP = 20 + 8;
    private static final Duration PROMISE =
            NodesBed.EMULATED ? Duration.ofSeconds(20) : Duration.ofSeconds(1);

    @TempDir Path directory;

    /** By netlink: a program to ask takes long where a transfer takes all processors. */
    private static boolean hasMtu(Netns netns, String link, int mtu) throws IOException {
        try (RtNetlink kernel = RtNetlink.open(netns)) {
            return kernel.link(link).filter(found -> found.mtu() == mtu).isPresent();
        }
    }

    private static void underlay(NodesBed bed, int mtu) throws IOException {
        for (int node = 1; node <= 2; node++) {
            NodesBed.sh(bed.node(node), "ip link set eth0 mtu " + mtu);
        }
    }

    private static void assertFollow(NodesBed bed, int mtu) throws Exception {
        long begun = System.nanoTime();
        for (int pod = 1; pod <= 2; pod++) {
            Netns netns = bed.pod(pod);
            NodesBed.await("MTU " + mtu + " in a pod", () -> hasMtu(netns, "eth0", mtu));
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(PROMISE);
    }

    @ParameterizedTest
    @CsvSource({"bridge, vxlan, 50", "routed, vxlan, 50", "bridge, host-gw, 0"})
    void changedUnderlay_isFollowedByPodsUnderTraffic(
            String podLink, String carrier, int overhead, TestNamespaces namespaces)
            throws Exception {
        try (NodesBed bed = new NodesBed(namespaces, directory.resolve("store"), Families.IPV4)) {
            bed.network("carrier: %s, podLink: %s".formatted(carrier, podLink));
            bed.attachByCni();
            bed.start(2, Families.IPV4);
            bed.segment().mtu(9000);
            bed.awaitAllReach(SMALL);
            assertThat(hasMtu(bed.pod(1), "eth0", 1500 - overhead)).isTrue();

            try (BulkTransfer transfer =
                    BulkTransfer.start(bed.pod(1), bed.pod(2), NodesBed.address(2, 2, true))) {
                for (int mtu : new int[] {1400, 9000, 1500}) {
                    underlay(bed, mtu);
                    assertFollow(bed, mtu - overhead);
                    long before = transfer.received();
                    NodesBed.await("the transfer", () -> transfer.received() > before + (8 << 20));
                    bed.awaitAllReach(mtu - overhead - IPV4_UDP);
                    if (podLink.equals("bridge")) {
                        assertThat(hasMtu(bed.node(1), "cni0", mtu - overhead)).isTrue();
                    }
                }
                assertThat(transfer.end()).isEmpty();
            }
        }
    }

    @Test
    void otherCarrierOrForeignHand_isAnsweredInPods(TestNamespaces namespaces) throws Exception {
        try (NodesBed bed = new NodesBed(namespaces, directory.resolve("store"), Families.IPV4)) {
            bed.network("carrier: host-gw");
            bed.attachByCni();
            bed.start(2, Families.IPV4);
            bed.awaitAllReach(SMALL);
            Netns second = bed.attached(1, "second");
            assertThat(hasMtu(second, "eth0", 1500)).isTrue();

            bed.network("carrier: host-gw, crossSubnet: vxlan");
            NodesBed.await("room for VXLAN", () -> hasMtu(second, "eth0", 1450));
            NodesBed.await("the other node's pod", () -> hasMtu(bed.pod(2), "eth0", 1450));

            String end = firstHostEnd(bed.node(1));
            NodesBed.sh(bed.node(1), "ip link set " + end + " mtu 1300; ip link set cni0 mtu 1300");
            NodesBed.await("the host's end", () -> hasMtu(bed.node(1), end, 1450));
            NodesBed.await("the bridge", () -> hasMtu(bed.node(1), "cni0", 1450));
        }
    }

    private static String firstHostEnd(Netns node) throws IOException {
        return TestNamespaces.run(
                        node,
                        "sh",
                        "-c",
                        "ip -o link show master cni0 2>/dev/null | head -n1 | sed 's/^[0-9]*: \\([^@]*\\)@.*/\\1/'")
                .strip();
    }
}
