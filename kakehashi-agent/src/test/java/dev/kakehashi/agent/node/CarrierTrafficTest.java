package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.RequiresFeature;
import dev.kakehashi.testing.TestNamespaces;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/** Packets of pods between nodes whose agents keep a carrier in the kernel. */
@KernelTest
class CarrierTrafficTest {
    private static final int SMALL = 16;
    private static final int IPV4_UDP = 20 + 8;
    private static final int IPV6_UDP = 40 + 8;
    private static final int UNDERLAY_MTU = 1500;

    @TempDir Path store;
    private @Nullable NodesBed open;

    private NodesBed bed(TestNamespaces namespaces, Families pods) throws Exception {
        NodesBed bed = new NodesBed(namespaces, store, pods);
        open = bed;
        return bed;
    }

    @AfterEach
    void close() {
        if (open != null) {
            open.close();
        }
    }

    @Test
    @RequiresFeature("ipip")
    void ipip_carriesThePacketsOfPods(TestNamespaces namespaces) throws Exception {
        NodesBed bed = bed(namespaces, Families.IPV4);
        bed.network("carrier: ipip");
        bed.start(2, Families.IPV4);

        bed.awaitAllReach(SMALL);
        bed.awaitAllReach(UNDERLAY_MTU - 20 - IPV4_UDP);

        assertThat(NodesBed.has(bed.node(1), "ip -d link show kakehashi-ipip", "mtu 1480"))
                .isTrue();
        NodesBed.sh(bed.node(1), "ip link del kakehashi-ipip");
        bed.awaitAllReach(SMALL);
        String spoof =
                """
                ip addr add 192.0.2.99/24 dev eth0
                ip link add t0 type ipip local 192.0.2.99 remote 192.0.2.1; ip link set t0 up
                ip addr add %s/32 dev t0; ip route add 10.244.1.0/24 dev t0
                """
                        .formatted(NodesBed.address(2, 2, true));
        assertStrangersAreNotHeard(bed, spoof);
    }

    @ParameterizedTest
    @RequiresFeature("wireguard")
    @CsvSource({"DUAL, DUAL, 60", "IPV6, IPV6, 80", "IPV4, IPV6, 80", "DUAL, IPV6, 80"})
    void wireguard_carriesThePacketsOfPods(
            Families pods, Families underlay, int overhead, TestNamespaces namespaces)
            throws Exception {
        NodesBed bed = bed(namespaces, pods);
        bed.network("carrier: wireguard, wireguard: {port: 51821}");
        bed.start(2, underlay);

        bed.awaitAllReach(SMALL);
        bed.awaitAllReach(UNDERLAY_MTU - overhead - IPV6_UDP);

        Path key = bed.stateDirectory(1).resolve("wireguard.key");
        assertThat(Files.getPosixFilePermissions(key))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(bed.record(1)).doesNotContain(Files.readString(key).strip());
        NodesBed.sh(bed.node(1), "ip link del kakehashi-wg");
        bed.awaitAllReach(SMALL);
    }

    @Test
    @RequiresFeature("ipip")
    void ipipWithDirectRouting_leavesTheSegmentUnwrapped(TestNamespaces namespaces)
            throws Exception {
        NodesBed bed = bed(namespaces, Families.IPV4);
        bed.network("carrier: ipip, ipip: {directRouting: true}");
        bed.start(2, Families.IPV4);

        bed.awaitAllReach(SMALL);

        assertThat(NodesBed.has(bed.node(1), "ip route", "10.244.2.0/24 via 192.0.2.2 dev eth0"))
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "vxlan, IPV4, IPV4, 50",
        "vxlan, IPV6, IPV6, 70",
        "vxlan, DUAL, DUAL, 70",
        "host-gw, IPV4, IPV4, 0",
        "host-gw, IPV6, IPV6, 0",
        "host-gw, DUAL, DUAL, 0",
        "vxlan, IPV4, IPV6, 70",
        "vxlan, DUAL, IPV6, 70",
        "host-gw, IPV4, IPV6, 0",
        "host-gw, DUAL, IPV6, 0",
    })
    void podsOfEachFamily_reachEachOther(
            String carrier,
            Families pods,
            Families underlay,
            int overhead,
            TestNamespaces namespaces)
            throws Exception {
        NodesBed bed = bed(namespaces, pods);
        bed.network("carrier: " + carrier);
        bed.start(2, underlay);

        bed.awaitAllReach(SMALL);
        bed.awaitAllReach(UNDERLAY_MTU - overhead - IPV6_UDP);
    }

    /** As a kubelet says it that listens on another interface. */
    @ParameterizedTest
    @CsvSource({"vxlan, IPV6", "host-gw, DUAL"})
    void internalIpThatTheUnderlayLacks_isNotSentTo(
            String carrier, Families first, TestNamespaces namespaces) throws Exception {
        NodesBed bed = bed(namespaces, Families.IPV4);
        bed.network("carrier: " + carrier);
        Files.createDirectories(store.resolve("nodes"));
        Files.writeString(
                store.resolve("nodes/node-2.yaml"),
                """
                apiVersion: v1
                kind: Node
                metadata: {name: node-2}
                status: {addresses: [{type: InternalIP, address: 203.0.113.2}]}
                """);
        bed.prepare((i, node) -> {
            if (i == 2 && first.ipv4()) {
                NodesBed.sh(node, "ip addr del 192.0.2.2/24 dev eth0");
            }
        });
        bed.start(2, first);

        bed.awaitAllReach(SMALL);

        assertThat(bed.record(2)).contains("203.0.113.2");
    }

    /** The kernel's view of such a route is that of the engine: what is changed is put right. */
    @Test
    void routesOfIpv4ByIpv6_areHealed(TestNamespaces namespaces) throws Exception {
        NodesBed bed = bed(namespaces, Families.IPV4);
        bed.network("carrier: host-gw");
        bed.start(2, Families.IPV6);
        bed.awaitAllReach(SMALL);
        String route = "10.244.2.0/24 via inet6 %s dev eth0 proto 75";
        String right = route.formatted("2001:db8:1::2");

        NodesBed.sh(bed.node(1), "ip route replace " + route.formatted("2001:db8:1::99"));
        NodesBed.await("the right gateway", () -> NodesBed.has(bed.node(1), "ip route", right));
        NodesBed.sh(bed.node(1), "ip route del 10.244.2.0/24");
        NodesBed.await("the route", () -> NodesBed.has(bed.node(1), "ip route", right));
        bed.awaitAllReach(SMALL);
    }

    @Test
    void ipipWithoutIpv4BetweenNodes_isRefusedWithTheReason(TestNamespaces namespaces)
            throws Exception {
        NodesBed bed = bed(namespaces, Families.IPV4);
        bed.network("carrier: ipip");
        bed.start(1, Families.IPV6);

        NodesBed.await(
                "the condition",
                () -> bed.record(1).contains("ipip carries IPv4 in IPv4 only, and the underlay"));
    }

    @Test
    void vxlan_isNotTakenFromStrangers(TestNamespaces namespaces) throws Exception {
        NodesBed bed = bed(namespaces, Families.IPV4);
        bed.network("carrier: vxlan");
        bed.start(2, Families.IPV4);
        bed.awaitAllReach(SMALL);

        String mac;
        try (RtNetlink kernel = RtNetlink.open(bed.node(1))) {
            mac = kernel.link("flannel.1").orElseThrow().mac().orElseThrow().toString();
        }
        String spoof =
                """
                ip addr add 192.0.2.99/24 dev eth0
                ip link add t0 type vxlan id 1 dstport 8472 remote 192.0.2.1 dev eth0 nolearning
                ip link set t0 up; ip addr add %s/32 dev t0
                ip neigh add 10.244.1.0 lladdr %s dev t0
                ip route add 10.244.1.0/24 via 10.244.1.0 dev t0 onlink
                """
                        .formatted(NodesBed.address(2, 2, true), mac);
        assertStrangersAreNotHeard(bed, spoof);
    }

    /**
     * Somebody on the segment sends through the tunnel as the pod of node 2: not heard; and heard
     * once the guard is taken away, so that it is the guard that does it.
     */
    private static void assertStrangersAreNotHeard(NodesBed bed, String spoof) throws Exception {
        Netns stranger = bed.segment().stranger();
        NodesBed.sh(stranger, spoof);
        for (int i = 0; i < 3; i++) {
            assertThat(bed.heard(stranger, 1, true, SMALL)).isEmpty();
        }

        bed.close();
        NodesBed.sh(bed.node(1), "nft flush chain inet kakehashi overlay");
        Optional<InetAddress> pretended =
                Optional.of(InetAddress.ofLiteral(NodesBed.address(2, 2, true)));
        NodesBed.await(
                "the unguarded tunnel",
                () -> bed.heard(stranger, 1, true, SMALL).equals(pretended));
    }
}
