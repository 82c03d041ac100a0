package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cluster.carrier.Peer;
import dev.kakehashi.cluster.node.Underlay;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Paths between nodes that carry less than the interfaces at their ends. */
@KernelTest
class PathMtuKernelTest {
    private static final int SMALL = 16;

    @TempDir Path directory;

    private static Peer peer(String name, String address) {
        return new Peer(
                name,
                List.of(
                        new Peer.Endpoint(
                                List.of(IpPrefix.parse("10.244.9.0/24")),
                                InetAddress.ofLiteral(address),
                                true,
                                Optional.empty())),
                Map.of(),
                Map.of(),
                OptionalInt.empty());
    }

    @Test
    void narrowLink_isMeasuredToTheOctet_andWhenItIsWideAgain(TestNamespaces namespaces)
            throws Exception {
        Netns node = namespaces.create();
        Netns router = namespaces.create();
        Netns far = namespaces.create();
        String path = "/proc/" + ProcessHandle.current().pid() + "/fd/";
        NodesBed.sh(
                router,
                """
                sysctl -qw net.ipv4.ip_forward=1
                ip link add r1 mtu 9000 type veth peer name eth0 mtu 9000 netns %s
                ip link add r2 mtu 8192 type veth peer name eth0 mtu 9000 netns %s
                ip addr add 192.0.2.254/24 dev r1; ip addr add 198.51.100.254/24 dev r2
                ip addr add 2001:db8:1::fe/64 dev r1 nodad; ip addr add 2001:db8:2::fe/64 dev r2 nodad
                sysctl -qw net.ipv6.conf.all.forwarding=1
                ip link set r1 up; ip link set r2 up
                """
                        .formatted(path + node.fd().number(), path + far.fd().number()));
        NodesBed.sh(
                node,
                "ip link set eth0 up; ip addr add 192.0.2.1/24 dev eth0; ip route add default via 192.0.2.254;"
                        + " ip addr add 2001:db8:1::1/64 dev eth0 nodad; ip route add default via 2001:db8:1::fe");
        NodesBed.sh(
                far,
                "ip link set eth0 up; ip addr add 198.51.100.2/24 dev eth0; ip route add default via 198.51.100.254;"
                        + " ip addr add 2001:db8:2::2/64 dev eth0 nodad; ip route add default via 2001:db8:2::fe");
        Underlay underlay =
                new Underlay(
                        "eth0",
                        List.of(IpPrefix.parse("192.0.2.1/24"), IpPrefix.parse("2001:db8:1::1/64")),
                        9000);
        List<Peer> peers =
                List.of(
                        peer("far", "198.51.100.2"),
                        peer("far6", "2001:db8:2::2"),
                        peer("router", "192.0.2.254"),
                        peer("nobody", "198.51.100.77"));
        PathMtus.Intervals often =
                new PathMtus.Intervals(Duration.ofMillis(300), Duration.ofMillis(300));
        try (PathMtus paths = new PathMtus(node, often, () -> {})) {
            paths.follow(underlay, peers);
            Map<InetAddress, Integer> expected =
                    Map.of(
                            InetAddress.ofLiteral("198.51.100.2"), 8192,
                            InetAddress.ofLiteral("2001:db8:2::2"), 8192);
            NodesBed.await("8192", () -> paths.narrow().equals(expected));

            NodesBed.sh(router, "ip link set r2 mtu 1400");
            NodesBed.await(
                    "1400",
                    () -> paths.narrow().values().stream().allMatch(octets -> octets == 1400));
            assertThat(paths.told()).extracting(PathMtus.Narrow::peer).contains("far", "far6");

            NodesBed.sh(router, "ip link set r2 mtu 9000");
            NodesBed.await("all is wide", () -> paths.narrow().isEmpty());
        }
    }

    @Test
    void narrowRouter_isFoundByAgents_andTheirRoutesFit(TestNamespaces namespaces)
            throws Exception {
        try (NodesBed bed = new NodesBed(namespaces, directory.resolve("store"), Families.IPV4)) {
            bed.network("carrier: vxlan");
            bed.segment().routeBetween();
            bed.attachByCni();
            bed.start(2, Families.IPV4);
            bed.awaitAllReach(SMALL);
            try (BulkTransfer there =
                    BulkTransfer.start(bed.pod(1), bed.pod(2), NodesBed.address(2, 2, true))) {
                bed.segment().routerMtu(2, 1400);
                // A peer that says another MTU is asked anew.
                NodesBed.sh(bed.node(2), "ip link set eth0 mtu 1490");
                NodesBed.await(
                        "the route of node-1",
                        () ->
                                NodesBed.has(
                                        bed.node(1), "ip route show 10.244.2.0/24", " mtu 1350 "));
                NodesBed.await(
                        "the condition", () -> bed.record(1).contains("node-2 (192.0.2.2) 1400"));
                // What arrives at the router's port may be 4 octets larger, for a VLAN's tag.
                NodesBed.await(
                        "the route of node-2",
                        () ->
                                NodesBed.has(
                                        bed.node(2),
                                        "ip route show 10.244.1.0/24 | grep -o 'mtu 135[0-4]'",
                                        "mtu"));
                long before = there.received();
                NodesBed.await("the transfer", () -> there.received() > before + (8 << 20));
                assertThat(there.end()).isEmpty();
            }
            assertThat(tooLong(bed.pod(1), NodesBed.address(2, 2, true))).contains("mtu 1350");

            bed.segment().routerMtu(2, 1500);
            NodesBed.sh(bed.node(2), "ip link set eth0 mtu 1500");
            NodesBed.await(
                    "the wide route",
                    () -> !NodesBed.has(bed.node(1), "ip route show 10.244.2.0/24", " mtu "));
            NodesBed.await("the condition", () -> bed.record(1).contains("reason: AllCarry"));
        }
    }

    /** What the kernel of the pod has been told of a packet that must not be cut. */
    static String tooLong(Netns pod, String target) throws Exception {
        TestNamespaces.run(
                pod,
                "sh",
                "-c",
                "ping -M do -s 1400 -c 1 -W 1 %s >/dev/null 2>&1 || true".formatted(target));
        return TestNamespaces.run(pod, "ip", "route", "get", target);
    }
}
