package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.agent.bird.BgpSession;
import dev.kakehashi.testing.TestNamespaces;
import dev.kakehashi.testing.UdpFlow;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Nodes with real agents and real BIRDs on one segment. */
@Tag("peers")
class BgpCarrierPeersTest extends BirdTest {
    private static final int LOSSES = 5;

    @Test
    void mesh_everyPodReachesEveryOther_lostRoutesAreBackWithinASecond(TestNamespaces namespaces)
            throws Exception {
        NodesBed bed = bed(namespaces, Families.DUAL, "carrier: bgp");
        bed.start(3, Families.DUAL);
        awaitSessions(bed, 1, 4);
        bed.awaitAllReach(1400);

        for (String family : List.of("-4", "-6")) {
            String route = family.equals("-4") ? "10.244.2.0/24" : "fd00:10:244:2::/64";
            long total = 0;
            for (int i = 0; i < LOSSES; i++) {
                long millis = lose(bed, family, route);
                assertThat(millis).as(route).isLessThan(1000);
                total += millis;
            }
            // BIRD by itself looks once a second: it would take that long each time.
            assertThat(total).as("%d losses of %s", LOSSES, route).isLessThan(LOSSES * 500L);
        }
        assertThat(NodesBed.has(bed.node(1), "ip route", "blackhole 10.244.1.0/24 proto 75"))
                .isTrue();
    }

    /** How many milliseconds it takes until a route that is taken away is there again. */
    private static long lose(NodesBed bed, String family, String route) throws Exception {
        NodesBed.sh(bed.node(1), "ip " + family + " route del " + route);
        long start = System.nanoTime();
        NodesBed.await(
                route + " back",
                () ->
                        NodesBed.has(
                                bed.node(1),
                                "ip " + family + " route show " + route,
                                "proto bird"));
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    }

    @Test
    void anotherPeer_isNamedWhileItIsDown_andDisturbsNoSession(TestNamespaces namespaces)
            throws Exception {
        NodesBed bed = bed(namespaces, Families.IPV4, "carrier: bgp");
        bed.start(2, Families.IPV4);
        awaitSessions(bed, 1, 1);
        BgpSession before = sessions(bed, 1).getFirst();

        peer("nobody", "peerAddress: 192.0.2.99, peerAsNumber: 64513");

        NodesBed.await(
                "the condition",
                () ->
                        bed.record(1).contains("NotEstablished")
                                && bed.record(1).contains("BGPPeer nobody (192.0.2.99, AS 64513)"));
        assertThat(sessions(bed, 1)).hasSize(2).contains(before);
    }

    @Test
    void agentAndBirdEnd_noPacketIsLost(TestNamespaces namespaces) throws Exception {
        NodesBed bed = bed(namespaces, Families.IPV4, "carrier: bgp");
        bed.start(2, Families.IPV4);
        awaitSessions(bed, 1, 1);
        awaitSessions(bed, 2, 1);
        bed.awaitAllReach(100);
        long bird = Speakers.pid(pidFile(bed, 1));
        UdpFlow there = UdpFlow.start(bed.pod(1), bed.pod(2), NodesBed.address(2, 2, true));
        UdpFlow back = UdpFlow.start(bed.pod(2), bed.pod(1), NodesBed.address(1, 2, true));

        bed.stopAgent(1);
        assertThat(Speakers.runs(bird)).as("BIRD outlives the agent").isTrue();
        bed.startAgent(1);
        NodesBed.await(
                "the agent's sight of it",
                () -> sessions(bed, 1).stream().allMatch(BgpSession::isEstablished));
        assertThat(Speakers.pid(pidFile(bed, 1))).as("the same BIRD").isEqualTo(bird);

        Speakers.kill(pidFile(bed, 1));
        NodesBed.await(
                "another BIRD", () -> !List.of(0L, bird).contains(Speakers.pid(pidFile(bed, 1))));
        NodesBed.await(
                "its session",
                () ->
                        sessions(bed, 1).stream()
                                .anyMatch(s -> s.isEstablished() && s.received() == 1));

        UdpFlow.endWithoutLoss(List.of(there, back));
    }

    @Test
    void reflector_handsOnWhatNodesThatDoNotPeerTell(TestNamespaces namespaces) throws Exception {
        NodesBed bed = bed(namespaces, Families.IPV4, "carrier: bgp, bgp: {nodeMesh: false}");
        Files.createDirectories(directory.resolve("store/nodes"));
        Files.writeString(
                directory.resolve("store/nodes/node-3.yaml"),
                """
                apiVersion: v1
                kind: Node
                metadata:
                  name: node-3
                  labels: {reflector: 'yes'}
                  annotations: {kakehashi.dev/bgp-route-reflector-cluster-id: 244.0.0.1}
                """);
        peer("reflected", "peerSelector: {matchLabels: {reflector: 'yes'}}");

        bed.start(3, Families.IPV4);

        awaitSessions(bed, 1, 1);
        awaitSessions(bed, 3, 2);
        bed.awaitAllReach(100);
        assertThat(sessions(bed, 1)).extracting(BgpSession::address).containsExactly("192.0.2.3");
        assertThat(NodesBed.has(bed.node(1), "ip route", "10.244.2.0/24 via 192.0.2.2 dev eth0"))
                .as("by the node itself, not by the reflector")
                .isTrue();
    }

    @Test
    void anotherCarrier_endsBirdAndTakesItsRoutesAway(TestNamespaces namespaces) throws Exception {
        NodesBed bed = bed(namespaces, Families.IPV4, "carrier: bgp");
        bed.start(2, Families.IPV4);
        String ofAnotherBird = "198.51.100.0/24 via 192.0.2.254 dev eth0 proto bird metric 32";
        TestNamespaces.run(bed.node(1), ("ip route add " + ofAnotherBird).split(" "));
        awaitSessions(bed, 1, 1);
        bed.awaitAllReach(100);
        long bird = Speakers.pid(pidFile(bed, 1));

        bed.network("carrier: host-gw");

        NodesBed.await(
                "BIRD's end",
                () ->
                        !Speakers.runs(bird)
                                && !NodesBed.has(bed.node(1), "ip route", "proto bird metric 75"));
        assertThat(NodesBed.has(bed.node(1), "ip route", ofAnotherBird)).isTrue();
        bed.awaitAllReach(100);
        NodesBed.await("no condition", () -> !bed.record(1).contains(BgpReport.SESSIONS));

        bed.network("carrier: bgp");
        awaitSessions(bed, 1, 1);
        NodesBed.await(
                "BIRD's route alone",
                () ->
                        NodesBed.has(
                                        bed.node(1),
                                        "ip route",
                                        "10.244.2.0/24 via 192.0.2.2 dev eth0 proto bird")
                                && !NodesBed.has(
                                        bed.node(1),
                                        "ip route",
                                        "10.244.2.0/24 via 192.0.2.2 dev eth0 proto 75"));
        bed.awaitAllReach(100);
    }
}
