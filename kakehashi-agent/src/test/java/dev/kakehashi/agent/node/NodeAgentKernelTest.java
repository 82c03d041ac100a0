package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;
import dev.kakehashi.testing.UdpFlow;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Three nodes on one segment, each a namespace with a real agent; a pod on each. */
@KernelTest
class NodeAgentKernelTest {
    @TempDir Path store;
    private @Nullable NodesBed open;

    private NodesBed start(String carrier, TestNamespaces namespaces) throws Exception {
        NodesBed started = new NodesBed(namespaces, store, Families.IPV4);
        open = started;
        started.network("carrier: " + carrier);
        started.start(3, Families.IPV4);
        return started;
    }

    @AfterEach
    void close() {
        if (open != null) {
            open.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"vxlan", "host-gw"})
    void everyNode_hasARouteToEachOther(String carrier, TestNamespaces namespaces)
            throws Exception {
        NodesBed bed = start(carrier, namespaces);

        String hop =
                carrier.equals("vxlan")
                        ? "via 10.244.2.0 dev flannel.1 proto 75 onlink"
                        : "via 192.0.2.2 dev eth0 proto 75";
        NodesBed.await(
                "the route", () -> NodesBed.has(bed.node(1), "ip route", "10.244.2.0/24 " + hop));
        NodesBed.await("the report", () -> bed.record(1).contains("kakehashi.dev/peers: \"2\""));
    }

    @Test
    void deletedObjects_areBackWithinASecond(TestNamespaces namespaces) throws Exception {
        NodesBed bed = start("vxlan", namespaces);
        Netns node = bed.node(1);
        NodesBed.await("the report", () -> bed.record(1).contains("kakehashi.dev/peers: \"2\""));
        // Packets to a peer that is gone leave things behind in the kernel.
        UdpFlow traffic =
                UdpFlow.start(
                        bed.pod(1),
                        bed.pod(2),
                        NodesBed.address(2, 2, true),
                        0,
                        EveryPair.PER_SECOND);
        String toPeer = "bridge fdb show dev flannel.1 | grep 'dst 192.0.2.2'";
        for (String[] c :
                List.of(
                        new String[] {
                            "bridge fdb del $(%s | cut -d' ' -f1) dev flannel.1 dst 192.0.2.2"
                                    .formatted(toPeer),
                            "bridge fdb show dev flannel.1",
                            "dst 192.0.2.2"
                        },
                        new String[] {
                            "nft delete element inet kakehashi nodes '{ 192.0.2.2 }'",
                            "nft list set inet kakehashi nodes",
                            "192.0.2.2"
                        },
                        new String[] {
                            "nft 'flush chain inet kakehashi forward;"
                                    + " delete chain inet kakehashi forward'",
                            "nft list table inet kakehashi",
                            "ip daddr 10.244.0.0/16 accept"
                        },
                        new String[] {
                            "ip route del 10.244.2.0/24", "ip route", "10.244.2.0/24 via"
                        },
                        new String[] {
                            "ip neigh del 10.244.2.0 dev flannel.1",
                            "ip neigh",
                            "10.244.2.0 dev flannel.1"
                        },
                        new String[] {
                            "nft delete table inet kakehashi",
                            "nft list ruleset",
                            "table inet kakehashi"
                        },
                        new String[] {
                            "ip addr flush dev flannel.1", "ip addr show flannel.1", "10.244.1.0/32"
                        },
                        new String[] {
                            "ip link set flannel.1 down", "ip route", "10.244.3.0/24 via"
                        },
                        new String[] {"ip link del flannel.1", "ip route", "10.244.3.0/24 via"},
                        new String[] {
                            "echo 0 > /proc/sys/net/ipv4/ip_forward",
                            "cat /proc/sys/net/ipv4/ip_forward",
                            "1"
                        },
                        new String[] {
                            "echo 1 > /proc/sys/net/ipv4/conf/flannel.1/rp_filter",
                            "cat /proc/sys/net/ipv4/conf/flannel.1/rp_filter",
                            "2"
                        })) {
            NodesBed.sh(node, c[0]);
            long start = System.nanoTime();
            NodesBed.await(c[2] + " back after " + c[0], () -> NodesBed.has(node, c[1], c[2]));
            assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start))
                    .as(c[0])
                    .isLessThan(1000);
        }
        assertThat(traffic.end().sent()).isPositive();
    }
}
