package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.RequiresFeature;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Beside a node whose kernel has what Calico puts there for IP in IP: the kernel's own {@code
 * tunl0} with an address of the node's block, and routes with the other node as gateway by it.
 */
@KernelTest
class CalicoIpipTest {
    private static final int SMALL = 16;
    private static final int IPV4_UDP = 20 + 8;

    @TempDir Path store;

    /** By {@code ipipMode} Always and CrossSubnet, of which ours is the same on both sides. */
    @ParameterizedTest
    @RequiresFeature("ipip")
    @CsvSource({
        "'carrier: ipip', dev tunl0 onlink proto 80 mtu 1480, dev kakehashi-ipip",
        "'carrier: ipip, ipip: {directRouting: true}', dev eth0 proto 80, dev eth0",
    })
    void podsAndNodes_reachEachOther(
            String carrier, String theirs, String ours, TestNamespaces namespaces)
            throws Exception {
        try (NodesBed bed = new NodesBed(namespaces, store, Families.IPV4)) {
            bed.network(carrier);
            bed.start(1, Families.IPV4);
            Netns calico = bed.foreign(Families.IPV4);
            NodesBed.sh(
                    calico,
                    """
                    ip link show tunl0 >/dev/null 2>&1 || ip tunnel add tunl0 mode ipip
                    ip link set tunl0 mtu 1480 up
                    ip addr add 10.244.2.0/32 dev tunl0
                    ip route add 10.244.1.0/24 via 192.0.2.1 %s
                    """
                            .formatted(theirs));
            writeNode();

            bed.awaitAllReach(SMALL);
            bed.awaitAllReach(1480 - IPV4_UDP);
            NodesBed.sh(bed.node(1), "ping -c 1 -W 10 " + NodesBed.address(2, 2, true));
            NodesBed.sh(calico, "ping -c 1 -W 10 " + NodesBed.address(1, 2, true));
            assertThat(TestNamespaces.run(bed.node(1), "ip", "route"))
                    .contains("10.244.2.0/24 via 192.0.2.2 " + ours + " ");
        }
    }

    /** As the kubelet and Kubernetes' controller manager make it. */
    private void writeNode() throws Exception {
        Files.writeString(
                store.resolve("nodes/node-2.yaml"),
                """
                apiVersion: v1
                kind: Node
                metadata:
                  name: node-2
                  annotations:
                    projectcalico.org/IPv4Address: 192.0.2.2/24
                    projectcalico.org/IPv4IPIPTunnelAddr: 10.244.2.0
                spec:
                  podCIDR: 10.244.2.0/24
                  podCIDRs: [10.244.2.0/24]
                status:
                  addresses:
                  - {type: InternalIP, address: 192.0.2.2}
                """);
    }
}
