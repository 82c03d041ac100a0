package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;

/** The network below changes under nodes whose pods talk to each other. */
@KernelTest
class UnderlayChangeTest {
    private static final int SMALL = 16;

    @TempDir Path store;
    private @Nullable NodesBed open;

    private NodesBed bed(TestNamespaces namespaces, String carrier) throws Exception {
        NodesBed bed = new NodesBed(namespaces, store, Families.IPV4);
        open = bed;
        bed.network("carrier: " + carrier);
        bed.start(2, Families.IPV4);
        bed.awaitAllReach(SMALL);
        return bed;
    }

    @AfterEach
    void close() {
        if (open != null) {
            open.close();
        }
    }

    @Test
    void smallerMtu_isFollowedByTheDeviceAndSaidInTheNode(TestNamespaces namespaces)
            throws Exception {
        NodesBed bed = bed(namespaces, "vxlan");

        NodesBed.sh(bed.node(1), "ip link set eth0 mtu 1400");

        NodesBed.await(
                "the device's MTU",
                () -> NodesBed.has(bed.node(1), "ip link show flannel.1", "mtu 1350"));
        NodesBed.await(
                "the pods' MTU", () -> bed.record(1).contains("kakehashi.dev/pod-mtu: \"1350\""));
        bed.awaitAllReach(SMALL);

        NodesBed.sh(bed.node(1), "ip link set eth0 mtu 1500");
        NodesBed.await(
                "the old MTU",
                () -> NodesBed.has(bed.node(1), "ip link show flannel.1", "mtu 1450"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"vxlan", "host-gw"})
    void otherAddress_isFollowedByTheNodeAndItsPeers(String carrier, TestNamespaces namespaces)
            throws Exception {
        NodesBed bed = bed(namespaces, carrier);

        NodesBed.sh(
                bed.node(1),
                "ip addr del 192.0.2.1/24 dev eth0; ip addr add 192.0.2.101/24 dev eth0");

        NodesBed.await("the new address", () -> bed.record(1).contains("192.0.2.101"));
        NodesBed.await(
                "the peer's entry",
                () ->
                        NodesBed.has(
                                bed.node(2),
                                "bridge fdb; ip route",
                                carrier.equals("vxlan") ? "dst 192.0.2.101" : "via 192.0.2.101"));
        bed.awaitAllReach(SMALL);
        NodesBed.await(
                "the end of the old address",
                () ->
                        !NodesBed.has(
                                        bed.node(2),
                                        "bridge fdb; ip route; nft list ruleset",
                                        "192.0.2.1\n")
                                && !NodesBed.has(
                                        bed.node(2), "bridge fdb; ip route", "192.0.2.1 "));
    }

    @Test
    void ipv4AddressLostForAMoment_leavesTheOverlayAsItIs(TestNamespaces namespaces)
            throws Exception {
        NodesBed bed = new NodesBed(namespaces, store, Families.IPV4);
        open = bed;
        bed.network("carrier: vxlan");
        bed.start(2, Families.DUAL);
        bed.awaitAllReach(SMALL);
        int device = vxlan(bed);

        NodesBed.sh(bed.node(1), "ip addr del 192.0.2.1/24 dev eth0");

        NodesBed.await(
                "the condition", () -> bed.record(1).contains("eth0 has lost its IPv4 address"));
        assertThat(vxlan(bed)).isEqualTo(device);
        assertThat(NodesBed.has(bed.node(1), "bridge fdb", "dst 192.0.2.2")).isTrue();
        assertThat(bed.record(1)).contains("public-ip: 192.0.2.1");

        NodesBed.sh(bed.node(1), "ip addr add 192.0.2.1/24 dev eth0");
        NodesBed.await("the end of it", () -> !bed.record(1).contains("has lost its IPv4 address"));
        bed.awaitAllReach(SMALL);
        assertThat(vxlan(bed)).isEqualTo(device);
    }

    private static int vxlan(NodesBed bed) throws Exception {
        try (RtNetlink kernel = RtNetlink.open(bed.node(1))) {
            return kernel.link("flannel.1").orElseThrow().index();
        }
    }
}
