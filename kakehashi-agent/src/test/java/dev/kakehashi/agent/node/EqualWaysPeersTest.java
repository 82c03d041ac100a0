package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.testing.TestNamespaces;
import dev.kakehashi.testing.UdpFlow;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Two routers of the fabric, FRR (the 254th of the segment) and BIRD (the 253rd), by which a host
 * is reached.
 */
@Tag("peers")
class EqualWaysPeersTest extends FabricTest {
    /** Addresses, so that of two ways each has one (the chance of none is 2^-31). */
    private static final int ADDRESSES = 32;

    /** BFD needs 900 ms; without it the hold time is 90 s. */
    private static final long FOUND_MILLIS = 3000;

    private static long millisUntil(String what, NodesBed.Check check) throws Exception {
        long start = System.nanoTime();
        NodesBed.await(what, check);
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    }

    /** Whether the host is reached by both routers. */
    private static boolean multipath(Netns netns, FabricFamily family) throws IOException {
        String route =
                TestNamespaces.run(netns, "sh", "-c", family.routes() + "show " + family.beyond());
        return route.lines().filter(line -> line.contains("nexthop via")).count() == 2;
    }

    @Test
    void severalEqualWays_carryAll_whoFallsSilentIsLeftWithinTheTimeOfBfd(TestNamespaces namespaces)
            throws Exception {
        equalWays(namespaces, Families.DUAL);
    }

    @Tag("soak")
    @ParameterizedTest
    @EnumSource(names = {"IPV4", "IPV6"})
    void severalEqualWays_alsoInOneFamilyAlone(Families families, TestNamespaces namespaces)
            throws Exception {
        equalWays(namespaces, families);
    }

    private void equalWays(TestNamespaces namespaces, Families families) throws Exception {
        FabricBed fabric = fabric(namespaces, families, "nodeMesh: false");
        NodesBed bed = fabric.nodes();
        fabric.node(1, "pods: 'yes'", "");
        fabric.node(2, "pods: 'yes'", "");
        bed.start(2, families);
        Netns torA = fabric.router(254);
        Netns torB = fabric.router(253);
        Netns host = namespaces.create();
        fabric.wire(0, torA, host, "a");
        fabric.wire(1, torB, host, "b");
        for (FabricFamily family : fabric.families()) {
            NodesBed.sh(
                    torA, "ip route add %s via %s".formatted(family.beyond(), family.wire(0, 2)));
            NodesBed.sh(
                    torB, "ip route add %s via %s".formatted(family.beyond(), family.wire(1, 2)));
            for (int i = 1; i <= ADDRESSES; i++) {
                NodesBed.sh(host, family.addHost(family.beyond(i), "lo"));
            }
        }
        // A pod's flow labels would choose another way for each flow (ip-sysctl, auto_flowlabels).
        NodesBed.sh(bed.pod(1), "sysctl -qw net.ipv6.auto_flowlabels=0");
        fabric.frr(
                torA,
                "neighbor % remote-as 64512\nneighbor % bfd\n",
                "",
                family -> "network " + family.beyond() + "\n");
        fabric.bird(
                torB,
                RouterTexts.bird(
                                fabric.families(),
                                253,
                                64514,
                                "direct; bfd; connect delay time 1; error wait time 1, 2",
                                family -> "import all; export where net = " + family.beyond() + ";")
                        + "protocol bfd { }\n");
        peer("nodes", "peerSelector: {matchLabels: {pods: 'yes'}}, bfd: true");
        peers(
                fabric,
                "tor-a",
                family -> "peerAddress: '" + family.on(254) + "', peerAsNumber: 64513, bfd: true");
        peers(
                fabric,
                "tor-b",
                family -> "peerAddress: '" + family.on(253) + "', peerAsNumber: 64514, bfd: true");
        awaitSessions(bed, 1, 3 * fabric.families().size());
        awaitSessions(bed, 2, 3 * fabric.families().size());
        bed.awaitAllReach(1400);
        for (FabricFamily family : fabric.families()) {
            NodesBed.await("one route by both", () -> multipath(bed.node(1), family));
        }
        awaitBfd(fabric);

        silentRouter(fabric, host);

        bed.segment().plug("x2");
        for (FabricFamily family : fabric.families()) {
            NodesBed.await("one route by both again", () -> multipath(bed.node(1), family));
        }

        awaitBfd(fabric);
        bed.segment().unplug("n2");
        Map<String, Netns> others = Map.of("node 1", bed.node(1), "FRR", torA, "BIRD", torB);
        for (FabricFamily family : fabric.families()) {
            for (String name : others.keySet()) {
                assertThat(
                                millisUntil(
                                        "no route to a silent node, of " + name,
                                        () ->
                                                !NodesBed.has(
                                                        others.get(name),
                                                        family.routes(),
                                                        family.pods(2))))
                        .as("ms")
                        .isLessThan(FOUND_MILLIS);
            }
        }
    }

    private static void silentRouter(FabricBed fabric, Netns host) throws Exception {
        NodesBed bed = fabric.nodes();
        List<UdpFlow> byA = new ArrayList<>();
        List<UdpFlow> byB = new ArrayList<>();
        for (FabricFamily family : fabric.families()) {
            byA.add(UdpFlow.start(bed.pod(1), host, by(bed, family, 254)));
            byB.add(UdpFlow.start(bed.pod(1), host, by(bed, family, 253)));
        }
        TimeUnit.MILLISECONDS.sleep(200);
        bed.segment().unplug("x2");
        for (FabricFamily family : fabric.families()) {
            long left = millisUntil("the other way alone", () -> !multipath(bed.node(1), family));
            assertThat(left).as("ms until the other is left").isLessThan(FOUND_MILLIS);
        }
        UdpFlow.endWithoutLoss(byA); // the way that stays
        for (UdpFlow flow : byB) {
            UdpFlow.Result b = flow.end((int) FOUND_MILLIS * UdpFlow.PER_SECOND / 1000);
            assertThat(b.lost() * 1000L / UdpFlow.PER_SECOND)
                    .as("ms in which %d of %d were lost", b.lost(), b.sent())
                    .isPositive()
                    .isLessThan(FOUND_MILLIS);
        }
    }

    /** An address behind the routers, to which the pod of node 1 goes by one of them. */
    private static String by(NodesBed bed, FabricFamily family, int router) throws IOException {
        for (int i = 1; i <= ADDRESSES; i++) {
            String look =
                    "%sget %s from %s iif cni0 ipproto udp"
                            .formatted(family.routes(), family.beyond(i), family.pod(1));
            if (NodesBed.has(bed.node(1), look, "via " + family.on(router))) {
                return family.beyond(i);
            }
        }
        throw new AssertionError("no address goes by " + family.on(router));
    }

    private static void awaitBfd(FabricBed fabric) throws Exception {
        NodesBed bed = fabric.nodes();
        int all = 3 * fabric.families().size();
        NodesBed.await("BFD up everywhere", () -> birdBfd(bed, 1) == all && birdBfd(bed, 2) == all);
    }

    private static long birdBfd(NodesBed bed, int node) throws IOException {
        Path socket = bed.stateDirectory(node).resolve("bgp/bird.ctl");
        return Speakers.birdc(socket, "show bfd sessions")
                .lines()
                .filter(l -> l.contains(" Up "))
                .count();
    }
}
