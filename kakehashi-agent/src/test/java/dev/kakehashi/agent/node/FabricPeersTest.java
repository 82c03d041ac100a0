package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.agent.bird.BgpSession;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;
import dev.kakehashi.testing.UdpFlow;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Nodes with real agents and BIRDs that peer with routers of the fabric: FRR (tor-a, 192.0.2.254),
 * BIRD (tor-b, 192.0.2.253), and a host behind them.
 */
@KernelTest
@Tag("peers")
class FabricPeersTest {
    private static final int ENOUGH = 200;

    /** Addresses, so that of two ways each has one (the chance of none is 2^-31). */
    private static final int ADDRESSES = 32;

    /** BFD needs 900 ms; without it the hold time is 90 s. */
    private static final long FOUND_MILLIS = 3000;

    @TempDir Path directory;
    private @Nullable NodesBed open;

    private NodesBed bed(TestNamespaces namespaces, String bgp) throws Exception {
        NodesBed made = new NodesBed(namespaces, directory.resolve("store"), Families.IPV4);
        open = made;
        made.bird(Speakers.bird().toString());
        made.network("carrier: bgp, masquerade: false, bgp: {" + bgp + "}");
        return made;
    }

    @AfterEach
    void close() throws Exception {
        if (open != null) {
            open.close();
            for (int i = 1; i <= 2; i++) {
                Speakers.kill(BgpCarrierPeersTest.pidFile(open, i));
            }
        }
        Speakers.killFrr(directory.resolve("frr"));
        Speakers.kill(directory.resolve("fabric/bird.pid"));
    }

    private void peer(String name, String spec) throws IOException {
        BgpCarrierPeersTest.peer(directory.resolve("store"), name, spec);
    }

    /** Writes a Node before its agent does. */
    private void node(int i, String labels, String annotations) throws IOException {
        Path folder = Files.createDirectories(directory.resolve("store/nodes"));
        Files.writeString(
                folder.resolve("node-" + i + ".yaml"),
                """
                apiVersion: v1
                kind: Node
                metadata: {name: node-%d, labels: {%s}, annotations: {%s}}
                """
                        .formatted(i, labels, annotations));
    }

    /** A router on the nodes' segment. */
    private static Netns router(NodesBed bed, String address) throws IOException {
        Netns router = bed.stranger();
        NodesBed.sh(
                router,
                "ip addr add " + address + "/24 dev eth0; sysctl -qw net.ipv4.ip_forward=1");
        return router;
    }

    /**
     * A network of a router: {@code in} with an end in the router, {@code other} with the other.
     */
    private static void wire(
            Netns router, String in, String address, Netns other, String out, String otherAddress)
            throws IOException {
        NodesBed.sh(
                router,
                "ip link add %s type veth peer name %s netns %s; ip link set dev %1$s up; ip addr add %s dev %1$s"
                        .formatted(in, out, NodesBed.path(other), address));
        NodesBed.sh(
                other,
                "ip link set lo up; ip link set dev %1$s up; ip addr add %2$s dev %1$s"
                        .formatted(out, otherAddress));
    }

    private static String frrNeighbours(String each) {
        return each.replace("%", "192.0.2.1") + each.replace("%", "192.0.2.2");
    }

    private static String birdNeighbours(String name, String each) {
        StringBuilder text = new StringBuilder();
        for (int i = 1; i <= 2; i++) {
            text.append(
                    "protocol bgp node%1$d { neighbor 192.0.2.%1$d as 64512; %2$s }\n"
                            .formatted(i, each.formatted(name)));
        }
        return text.toString();
    }

    private static long millisUntil(String what, NodesBed.Check check) throws Exception {
        long start = System.nanoTime();
        NodesBed.await(what, check);
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    }

    /** Whether the route is one by both routers. */
    private static boolean multipath(Netns netns, String prefix) throws IOException {
        String route = TestNamespaces.run(netns, "sh", "-c", "ip route show " + prefix);
        return route.contains("via 192.0.2.253") && route.contains("via 192.0.2.254");
    }

    @Test
    void severalEqualWays_carryAll_whoFallsSilentIsLeftWithinTheTimeOfBfd(TestNamespaces namespaces)
            throws Exception {
        NodesBed bed = bed(namespaces, "nodeMesh: false");
        node(1, "pods: 'yes'", "");
        node(2, "pods: 'yes'", "");
        bed.start(2, Families.IPV4);
        Netns torA = router(bed, "192.0.2.254");
        Netns torB = router(bed, "192.0.2.253");
        Netns host = namespaces.create();
        wire(torA, "host", "198.51.100.1/25", host, "a", "198.51.100.2/25");
        wire(torB, "host", "198.51.100.129/25", host, "b", "198.51.100.130/25");
        NodesBed.sh(torA, "ip route add 203.0.113.0/24 via 198.51.100.2");
        NodesBed.sh(torB, "ip route add 203.0.113.0/24 via 198.51.100.130");
        NodesBed.sh(
                host,
                "for i in $(seq %d); do ip addr add 203.0.113.$i/32 dev lo; done"
                        .formatted(ADDRESSES));
        Speakers.frr(
                torA,
                directory.resolve("frr"),
                64513,
                frrNeighbours("neighbor % remote-as 64512\nneighbor % bfd\n")
                        + "network 203.0.113.0/24\n");
        Speakers.bird(
                torB,
                directory.resolve("fabric"),
                """
                router id 192.0.2.253;
                protocol bfd { }
                protocol kernel { ipv4 { import all; export where source = RTS_BGP; }; learn; }
                protocol direct { ipv4; }
                """
                        + birdNeighbours(
                                "tor-b",
                                "local 192.0.2.253 as 64514; direct; bfd; connect delay time 1; error wait time 1, 2;"
                                        + " ipv4 { import all; export where net = 203.0.113.0/24; };"));
        peer("nodes", "peerSelector: {matchLabels: {pods: 'yes'}}, bfd: true");
        peer("tor-a", "peerAddress: 192.0.2.254, peerAsNumber: 64513, bfd: true");
        peer("tor-b", "peerAddress: 192.0.2.253, peerAsNumber: 64514, bfd: true");
        BgpCarrierPeersTest.awaitSessions(bed, 1, 3);
        BgpCarrierPeersTest.awaitSessions(bed, 2, 3);
        bed.awaitAllReach(1400);
        NodesBed.await("one route by both", () -> multipath(bed.node(1), "203.0.113.0/24"));
        awaitBfd(bed);

        UdpFlow byA = UdpFlow.start(bed.pod(1), host, by(bed, "192.0.2.254"));
        UdpFlow byB = UdpFlow.start(bed.pod(1), host, by(bed, "192.0.2.253"));
        TimeUnit.MILLISECONDS.sleep(200);
        bed.unplug("x2");
        long left =
                millisUntil("the other way alone", () -> !multipath(bed.node(1), "203.0.113.0/24"));
        UdpFlow.Result a = byA.end(ENOUGH);
        UdpFlow.Result b = byB.end((int) FOUND_MILLIS * UdpFlow.PER_SECOND / 1000);
        assertThat(a.lost()).as("of the way that stays, of " + a.sent()).isZero();
        assertThat(left).as("ms until the other is left").isLessThan(FOUND_MILLIS);
        assertThat(b.lost() * 1000L / UdpFlow.PER_SECOND)
                .as("ms in which %d of %d were lost", b.lost(), b.sent())
                .isPositive()
                .isLessThan(FOUND_MILLIS);

        bed.plug("x2");
        NodesBed.await("one route by both again", () -> multipath(bed.node(1), "203.0.113.0/24"));

        awaitBfd(bed);
        bed.unplug("n2");
        Map<String, Netns> others = Map.of("node 1", bed.node(1), "FRR", torA, "BIRD", torB);
        for (String name : others.keySet()) {
            assertThat(
                            millisUntil(
                                    "no route to a silent node, of " + name,
                                    () ->
                                            !NodesBed.has(
                                                    others.get(name), "ip route", "10.244.2.0/24")))
                    .as("ms")
                    .isLessThan(FOUND_MILLIS);
        }
    }

    /** An address behind the routers, to which the pod of node 1 goes by one of them. */
    private static String by(NodesBed bed, String router) throws IOException {
        for (int i = 1; i <= ADDRESSES; i++) {
            String address = "203.0.113." + i;
            String look = "ip route get " + address + " from 10.244.1.2 iif cni0";
            if (NodesBed.has(bed.node(1), look, "via " + router)) {
                return address;
            }
        }
        throw new AssertionError("no address goes by " + router);
    }

    private static void awaitBfd(NodesBed bed) throws Exception {
        NodesBed.await("BFD up everywhere", () -> birdBfd(bed, 1) == 3 && birdBfd(bed, 2) == 3);
    }

    private static long birdBfd(NodesBed bed, int node) throws IOException {
        Path socket = bed.stateDirectory(node).resolve("bgp/bird.ctl");
        return Speakers.birdc(socket, "show bfd sessions")
                .lines()
                .filter(l -> l.contains(" Up "))
                .count();
    }

    @Test
    void whatMayPass_passesWithItsCommunities_andASessionOutlivesItsChangesAndBird(
            TestNamespaces namespaces) throws Exception {
        NodesBed bed = bed(namespaces, "nodeMesh: true");
        bed.start(2, Families.IPV4);
        Netns tor = router(bed, "192.0.2.254");
        Netns host = namespaces.create();
        wire(tor, "host", "198.51.100.1/24", host, "eth0", "198.51.100.2/24");
        NodesBed.sh(host, "ip route add default via 198.51.100.1");
        NodesBed.sh(
                tor,
                "ip route add blackhole 203.0.113.0/24; ip route add blackhole 10.9.0.0/16; ip route add blackhole 10.9.8.0/24");
        Path frr = directory.resolve("frr");
        Speakers.frr(
                tor,
                frr,
                64513,
                frrNeighbours(
                                """
                                neighbor % remote-as 64512
                                neighbor % default-originate
                                neighbor % timers connect 1
                                """)
                        // Else FRR says that it has told all its routes before it tells them.
                        + "coalesce-time 0\n"
                        + "network 203.0.113.0/24\nnetwork 10.9.0.0/16\nnetwork 10.9.8.0/24\n");
        String spec =
                "peerAddress: 192.0.2.254, peerAsNumber: 64513, communities: [%s],"
                        + " import: [{cidr: 0.0.0.0/0}, {cidr: 10.0.0.0/8, maxLength: 16}],"
                        + " export: [{cidr: 10.244.1.0/24}]";
        peer("tor", spec.formatted("'64512:100', '4200000000:1:2'"));
        BgpCarrierPeersTest.awaitSessions(bed, 1, 2);
        BgpCarrierPeersTest.awaitSessions(bed, 2, 2);

        NodesBed.await(
                "the communities at FRR",
                () -> {
                    String seen = Speakers.bgpd(frr, "show bgp ipv4 unicast 10.244.1.0/24");
                    return seen.contains("Community: 64512:100")
                            && seen.contains("Large Community: 4200000000:1:2");
                });
        NodesBed.await(
                "what is permitted",
                () ->
                        NodesBed.has(bed.node(1), "ip route", "10.9.0.0/16 via 192.0.2.254")
                                && NodesBed.has(
                                        bed.node(1), "ip route", "default via 192.0.2.254"));
        assertThat(
                        Speakers.birdc(
                                bed.stateDirectory(1).resolve("bgp/bird.ctl"),
                                "show route filtered all"))
                .as("what is not")
                .doesNotContain("10.244.2.0/24");
        for (String refused : List.of("203.0.113.0/24", "10.9.8.0/24")) {
            assertThat(NodesBed.has(bed.node(1), "ip route", refused)).as(refused).isFalse();
        }
        assertThat(Speakers.bgpd(frr, "show bgp ipv4 unicast 10.244.2.0/24"))
                .as("the block that may not be told")
                .contains("not in table");

        UdpFlow out = UdpFlow.start(bed.pod(1), host, "198.51.100.2");
        UdpFlow in = UdpFlow.start(host, bed.pod(1), NodesBed.address(1, 2, true));
        List<BgpSession> before = BgpCarrierPeersTest.sessions(bed, 1);
        peer("tor", spec.formatted("'64512:200'"));
        NodesBed.await(
                "the other community at FRR",
                () -> {
                    String seen = Speakers.bgpd(frr, "show bgp ipv4 unicast 10.244.1.0/24");
                    return seen.contains("Community: 64512:200") && !seen.contains("Large");
                });
        assertThat(BgpCarrierPeersTest.sessions(bed, 1))
                .extracting(BgpSession::protocol, BgpSession::state, BgpSession::since)
                .as("neither session began anew")
                .containsExactlyElementsOf(
                        before.stream()
                                .map(s ->
                                        org.assertj.core.groups.Tuple.tuple(
                                                s.protocol(), s.state(), s.since()))
                                .toList());

        long bird = Speakers.pid(BgpCarrierPeersTest.pidFile(bed, 1));
        Speakers.kill(BgpCarrierPeersTest.pidFile(bed, 1));
        NodesBed.await(
                "another BIRD, its sessions and routes",
                () -> {
                    long now = Speakers.pid(BgpCarrierPeersTest.pidFile(bed, 1));
                    return now != 0
                            && now != bird
                            && BgpCarrierPeersTest.sessions(bed, 1).stream()
                                            .filter(s ->
                                                    s.isEstablished()
                                                            && s.received() > 0
                                                            && s.sent() > 0)
                                            .count()
                                    == 2;
                });
        for (UdpFlow flow : List.of(out, in)) {
            UdpFlow.Result result = flow.end(ENOUGH);
            assertThat(result.lost()).as("of " + result.sent()).isZero();
        }
    }

    @Test
    void reflectorOfTheFabric_handsOnWhatNodesTell_andTheyGoToEachOther(TestNamespaces namespaces)
            throws Exception {
        NodesBed bed = bed(namespaces, "nodeMesh: false");
        bed.start(2, Families.IPV4);
        Netns reflector = router(bed, "192.0.2.250");
        Speakers.bird(
                reflector,
                directory.resolve("fabric"),
                "router id 192.0.2.250;\n"
                        + birdNeighbours(
                                "",
                                "local 192.0.2.250 as 64512; rr client; rr cluster id 244.0.0.9; graceful restart;"
                                        + " ipv4 { import all; export all; };"));
        peer("reflector", "peerAddress: 192.0.2.250, peerAsNumber: 64512");

        BgpCarrierPeersTest.awaitSessions(bed, 1, 1);
        BgpCarrierPeersTest.awaitSessions(bed, 2, 1);
        bed.awaitAllReach(1400);
        assertThat(NodesBed.has(bed.node(1), "ip route", "10.244.2.0/24 via 192.0.2.2 dev eth0"))
                .as("by the node itself, not by the reflector")
                .isTrue();

        UdpFlow flow = UdpFlow.start(bed.pod(1), bed.pod(2), NodesBed.address(2, 2, true));
        Path fabric = directory.resolve("fabric");
        Speakers.kill(fabric.resolve("bird.pid"));
        NodesBed.await(
                "the loss of the reflector",
                () ->
                        BgpCarrierPeersTest.sessions(bed, 1).stream()
                                .noneMatch(BgpSession::isEstablished));
        UdpFlow.Result result = flow.end(ENOUGH);
        assertThat(result.lost()).as("while it is away, of " + result.sent()).isZero();
    }

    @Test
    void nodesOfAsesOfTheirOwn_andARouterHopsAway(TestNamespaces namespaces) throws Exception {
        NodesBed bed = bed(namespaces, "nodeMesh: true");
        node(1, "edge: 'yes'", "kakehashi.dev/bgp-as-number: '64601'");
        node(2, "edge: 'no'", "kakehashi.dev/bgp-as-number: '64602'");
        bed.start(2, Families.IPV4);
        Netns between = router(bed, "192.0.2.254");
        Netns spine = namespaces.create();
        wire(between, "spine", "198.51.100.1/24", spine, "eth0", "198.51.100.2/24");
        NodesBed.sh(
                spine,
                "ip addr add 203.0.113.1/32 dev lo; ip route add 192.0.2.0/24 via 198.51.100.1; ip route add 192.0.2.101 via 198.51.100.1");
        NodesBed.sh(
                between,
                "ip route add 10.244.1.0/24 via 192.0.2.1; ip route add 192.0.2.101 via 192.0.2.1; ip route add 203.0.113.0/24 via 198.51.100.2");
        NodesBed.sh(
                bed.node(1),
                "ip addr add 192.0.2.101/32 dev lo; ip route add 198.51.100.0/24 via 192.0.2.254");
        Speakers.bird(
                spine,
                directory.resolve("fabric"),
                """
                router id 198.51.100.2;
                protocol kernel { ipv4 { import all; export where source = RTS_BGP; }; learn; }
                protocol direct { ipv4; }
                protocol bgp node1 {
                    local 198.51.100.2 as 64513; neighbor 192.0.2.101 as 64999; multihop 2;
                    ipv4 { import all; export where net = 203.0.113.1/32; };
                }
                """);
        peer(
                "spine",
                "nodeSelector: {matchLabels: {edge: 'yes'}}, peerAddress: 198.51.100.2,"
                        + " peerAsNumber: 64513, multihop: 2, localAsNumber: 64999,"
                        + " sourceAddress: 192.0.2.101");

        BgpCarrierPeersTest.awaitSessions(bed, 1, 2);
        BgpCarrierPeersTest.awaitSessions(bed, 2, 1);
        bed.awaitAllReach(1400);
        assertThat(BgpCarrierPeersTest.sessions(bed, 1))
                .extracting(BgpSession::localAsNumber, BgpSession::asNumber)
                .containsExactlyInAnyOrder(
                        org.assertj.core.groups.Tuple.tuple("64601", "64602"),
                        org.assertj.core.groups.Tuple.tuple("64999", "64513"));
        NodesBed.await(
                "the spine's route",
                () -> NodesBed.has(spine, "ip route", "10.244.1.0/24 via 198.51.100.1"));
        NodesBed.await(
                "the node's",
                () -> NodesBed.has(bed.node(1), "ip route", "203.0.113.1 via 192.0.2.254"));
        UdpFlow out = UdpFlow.start(bed.pod(1), spine, "203.0.113.1");
        UdpFlow in = UdpFlow.start(spine, bed.pod(1), NodesBed.address(1, 2, true));
        for (UdpFlow flow : List.of(out, in)) {
            UdpFlow.Result result = flow.end(ENOUGH);
            assertThat(result.lost()).as("of " + result.sent()).isZero();
        }
    }
}
