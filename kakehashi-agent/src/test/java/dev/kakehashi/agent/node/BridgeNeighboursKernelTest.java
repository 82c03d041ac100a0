package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cluster.IpBlockSpec;
import dev.kakehashi.cluster.IpBlockSpec.GivenUp;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.carrier.ClusterState;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.Neighbour;
import dev.kakehashi.linux.rtnetlink.Neighbours;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.linux.sysctl.Sysctl;
import dev.kakehashi.linux.sysctl.SysctlName;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** What the bridge of a lender's pods answers for. */
@KernelTest
class BridgeNeighboursKernelTest {
    private static final Network NETWORK =
            Network.of(
                    "pods",
                    List.of(IpPrefix.parse("10.244.0.0/16"), IpPrefix.parse("fd00:10:244::/48")));

    /** Within which the state engine puts right what others changed. */
    private static final Duration PROMISE =
            NodesBed.EMULATED ? Duration.ofSeconds(20) : Duration.ofSeconds(1);

    /** Well below the time for which an address is remembered, however busy the machine is. */
    private static final Duration AT_ONCE = Duration.ofSeconds(NodesBed.EMULATED ? 20 : 5);

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private interface Harm {
        void happen() throws IOException;
    }

    /** What was told, and when: {@link System#nanoTime}. */
    private record Told(String text, long nanos) {}

    private static InetAddress address(String text) {
        return InetAddress.ofLiteral(text);
    }

    private static IpBlockSpec block(String cidr, String network, String node, GivenUp... given) {
        return new IpBlockSpec(
                IpPrefix.parse(cidr),
                "pool",
                network,
                node,
                IpBlockSpec.State.CONFIRMED,
                1,
                "",
                List.of(given));
    }

    @Test
    void lent_isWhatOthersBorrowedOfTheNodesBlocks() {
        GivenUp offered = GivenUp.of(address("10.244.1.9"));
        ClusterState cluster =
                new ClusterState(
                        List.of(),
                        List.of(
                                block(
                                        "10.244.1.0/28",
                                        "pods",
                                        "a",
                                        offered,
                                        GivenUp.of(address("10.244.1.8")).borrowedBy("b")),
                                block("10.244.2.0/28", "pods", "b", offered.borrowedBy("a")),
                                block("10.245.1.0/28", "more", "a", offered.borrowedBy("b"))),
                        List.of());

        assertThat(BridgeNeighbours.lent(NETWORK, "a", cluster))
                .containsExactly(address("10.244.1.8"));
    }

    private static Netns host(TestNamespaces namespaces) throws IOException {
        Netns host = namespaces.create();
        NodesBed.sh(
                host,
                """
                ip link add cni0 type bridge; ip link set cni0 up
                ip address add 10.244.1.1/28 dev cni0
                ip address add fd00:10:244:1::1/64 dev cni0 nodad
                ip link add v0 type veth peer name v1
                ip link set v0 master cni0
                ip neighbour add proxy 10.244.1.5 dev cni0
                """);
        return host;
    }

    @Test
    void borrowedOfTheBridgesSubnet_isAnsweredFor_untilItIsBack(TestNamespaces namespaces)
            throws Exception {
        Netns host = host(namespaces);
        try (RtNetlink kernel = RtNetlink.open(host);
                NeighbourKeeper keeper = new NeighbourKeeper(host, kernel, event -> {})) {
            keep(keeper, kernel, Set.of(address("10.244.1.8"), address("10.244.2.8")));
            assertThat(answered(host))
                    .containsExactlyInAnyOrder(
                            "10.244.1.5 dev cni0 proxy", "10.244.1.8 dev cni0 proxy proto 75");

            keep(keeper, kernel, Set.of());
            assertThat(answered(host)).containsExactly("10.244.1.5 dev cni0 proxy");
        }
    }

    @Test
    void routedPod_isAnsweredFor_whileItIsThere(TestNamespaces namespaces) throws Exception {
        Netns host = host(namespaces);
        Netns pod = namespaces.create();
        try (RtNetlink kernel = RtNetlink.open(host);
                NeighbourKeeper keeper = new NeighbourKeeper(host, kernel, event -> {})) {
            keep(keeper, kernel, Set.of());
            assertThat(answered(host)).containsExactly("10.244.1.5 dev cni0 proxy");

            NodesBed.sh(
                    host,
                    """
                    ip link add r0 type veth peer name eth0 netns %s
                    ip link set r0 alias kakehashi:pods/c1/eth0 up
                    ip route add 10.244.1.9 dev r0
                    """
                            .formatted(NodesBed.path(pod)));
            keep(keeper, kernel, Set.of());
            assertThat(answered(host)).contains("10.244.1.9 dev cni0 proxy proto 75");

            NodesBed.sh(host, "ip link delete r0");
            keep(keeper, kernel, Set.of());
            assertThat(answered(host)).containsExactly("10.244.1.5 dev cni0 proxy");
        }
    }

    @Test
    void addressThatMoves_isFollowedAtOnceByWhoRemembersIt(TestNamespaces namespaces)
            throws Exception {
        Netns host = host(namespaces);
        Netns pod = namespaces.create();
        NodesBed.sh(
                host,
                "ip link add v2 type veth peer name eth0 netns %s; ip link set v2 master cni0 up"
                        .formatted(NodesBed.path(pod)));
        NodesBed.sh(
                pod,
                """
                ip link set eth0 up
                ip address add 10.244.1.2/28 dev eth0
                ip address add fd00:10:244:1::2/64 dev eth0 nodad
                """);
        NodesBed.await("the carrier", () -> NodesBed.has(host, "ip link show cni0", "state UP"));
        try (RtNetlink kernel = RtNetlink.open(host);
                NeighbourKeeper keeper = new NeighbourKeeper(host, kernel, event -> {})) {
            for (String moved : List.of("10.244.1.8", "fd00:10:244:1::8")) {
                NodesBed.sh(
                        pod,
                        "ip neighbour add %s lladdr 02:00:00:00:00:99 dev eth0 nud reachable"
                                .formatted(moved));
                String bridge = kernel.link("cni0").orElseThrow().mac().orElseThrow().toString();
                keep(keeper, kernel, Set.of(address(moved)));
                long kept = System.nanoTime();
                NodesBed.await(
                        moved + " at the bridge",
                        () -> NodesBed.has(pod, "ip neighbour show " + moved, bridge));
                assertThat(Duration.ofNanos(System.nanoTime() - kept)).isLessThan(AT_ONCE);
            }
        }
    }

    /** The kernel tells nobody of the entries, and of one of the switches only. */
    @Test
    void whatOthersTakeAway_isBackWithinASecond(TestNamespaces namespaces) throws Exception {
        Netns host = host(namespaces);
        BlockingQueue<Told> told = new LinkedBlockingQueue<>();
        try (RtNetlink kernel = RtNetlink.open(host);
                NeighbourKeeper keeper =
                        new NeighbourKeeper(
                                host,
                                kernel,
                                event -> told.add(new Told(event.toString(), System.nanoTime())))) {
            keep(keeper, kernel, Set.of(address("10.244.1.8"), address("fd00:10:244:1::8")));
            assertThat(switches(host)).isEqualTo("0 0 1");
            int bridge = kernel.link("cni0").orElseThrow().index();
            for (String answered : List.of("10.244.1.8", "fd00:10:244:1::8")) {
                Neighbour entry = Neighbour.proxy(bridge, address(answered));
                assertPutRight(
                        () -> kernel.execute(Neighbours.delete(entry)),
                        "proxy neighbour " + answered + " on cni0 deleted; made again",
                        told);
            }
            SysctlName ndp = SysctlName.parse("net.ipv6.conf.cni0.proxy_ndp");
            assertPutRight(
                    () -> Sysctl.write(host, ndp, "0"),
                    "sysctl net.ipv6.conf.cni0.proxy_ndp was 0; set to 1",
                    told);
            for (String family : List.of("ipv4", "ipv6")) {
                String delay = "net." + family + ".neigh.cni0.proxy_delay";
                assertPutRight(
                        () -> Sysctl.write(host, SysctlName.parse(delay), "80"),
                        "sysctl " + delay + " was 80; set to 0",
                        told);
            }
            assertThat(answered(host))
                    .contains(
                            "10.244.1.8 dev cni0 proxy proto 75",
                            "fd00:10:244:1::8 dev cni0 proxy proto 75");
            assertThat(switches(host)).isEqualTo("0 0 1");
            assertThat(told).isEmpty();
        }
    }

    /** The second is the keeper's alone: what does the harm starts no program. */
    private static void assertPutRight(Harm harm, String text, BlockingQueue<Told> told)
            throws Exception {
        harm.happen();
        long harmed = System.nanoTime();
        Told healed = told.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(healed).as(text).isNotNull();
        assertThat(healed.text()).isEqualTo(text);
        assertThat(Duration.ofNanos(healed.nanos() - harmed)).as(text).isLessThan(PROMISE);
    }

    private static void keep(NeighbourKeeper keeper, RtNetlink kernel, Set<InetAddress> lent)
            throws IOException {
        keeper.keep(NETWORK, kernel.links(), lent);
    }

    private static String switches(Netns host) throws IOException {
        return TestNamespaces.run(
                        host,
                        "sysctl",
                        "-n",
                        "net.ipv4.neigh.cni0.proxy_delay",
                        "net.ipv6.neigh.cni0.proxy_delay",
                        "net.ipv6.conf.cni0.proxy_ndp")
                .strip()
                .replace('\n', ' ');
    }

    private static List<String> answered(Netns host) throws IOException {
        return TestNamespaces.run(host, "ip", "neighbour", "show", "proxy")
                .lines()
                .map(String::strip)
                .toList();
    }
}
