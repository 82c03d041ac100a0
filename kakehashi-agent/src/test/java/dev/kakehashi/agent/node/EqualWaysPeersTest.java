package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.testing.TestNamespaces;
import dev.kakehashi.testing.UdpFlow;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Two routers of the fabric, FRR (192.0.2.254) and BIRD (192.0.2.253), by which a host is reached.
 */
@Tag("peers")
class EqualWaysPeersTest extends FabricTest {
    private static final int ENOUGH = 200;

    /** Addresses, so that of two ways each has one (the chance of none is 2^-31). */
    private static final int ADDRESSES = 32;

    /** BFD needs 900 ms; without it the hold time is 90 s. */
    private static final long FOUND_MILLIS = 3000;

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
        awaitSessions(bed, 1, 3);
        awaitSessions(bed, 2, 3);
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
}
