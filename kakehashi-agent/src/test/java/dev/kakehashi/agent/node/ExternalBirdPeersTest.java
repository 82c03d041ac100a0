package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.agent.bird.BgpSession;
import dev.kakehashi.agent.bird.BirdFiles;
import dev.kakehashi.testing.TestNamespaces;
import dev.kakehashi.testing.UdpFlow;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A real BIRD that is run by {@code kakehashi-bird}, beside real agents that only configure it. */
@Tag("peers")
class ExternalBirdPeersTest extends BirdTest {
    private static final int NODES = 2;
    private final List<Process> runners = new ArrayList<>();

    @AfterEach
    void endRunners() throws Exception {
        for (Process runner : runners) {
            runner.destroy();
            assertThat(runner.waitFor(5, TimeUnit.SECONDS)).as("its end").isTrue();
        }
    }

    private Process runBird(NodesBed bed, int node) throws Exception {
        Path folder = Files.createDirectories(bed.stateDirectory(node).resolve("bgp"));
        Process runner = Speakers.runBird(bed.node(node), folder);
        runners.add(runner);
        return runner;
    }

    private static void awaitRoutesTold(NodesBed bed) throws Exception {
        NodesBed.await(
                "its session",
                () ->
                        sessions(bed, 1).stream()
                                .anyMatch(s -> s.isEstablished() && s.received() == 1));
        // One that restarts before has its routes removed (RFC 4724, section 4.2).
        Path neighbour = BirdFiles.of(bed.stateDirectory(2)).socket();
        NodesBed.await(
                "the neighbour to have heard all of it anew",
                () -> !Speakers.birdc(neighbour, "show protocols all").contains("restart active"));
    }

    private static long awaitAnother(NodesBed bed, long before) throws Exception {
        Path file = pidFile(bed, 1);
        NodesBed.await(
                "another BIRD",
                () -> {
                    long now = Files.exists(file) ? Speakers.pid(file) : 0;
                    return now != 0 && now != before && Speakers.runs(now);
                });
        return Speakers.pid(file);
    }

    @Test
    void agentBirdAndItsRunnerEnd_noPacketIsLost_anotherCarrierEndsBirdAlone(
            TestNamespaces namespaces) throws Exception {
        NodesBed bed = bed(namespaces, Families.IPV4, "carrier: bgp");
        bed.bird(NodeAgentOptions.EXTERNAL_BIRD);
        bed.start(NODES, Families.IPV4);
        Process runner = runBird(bed, 1);
        var _ = runBird(bed, 2);
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

        Speakers.kill(pidFile(bed, 1));
        bird = awaitAnother(bed, bird);
        awaitRoutesTold(bed);

        runner.destroy();
        assertThat(runner.waitFor(5, TimeUnit.SECONDS)).as("its end").isTrue();
        long ended = bird;
        NodesBed.await("the end of BIRD with it", () -> !Speakers.runs(ended));
        runner = runBird(bed, 1);
        bird = awaitAnother(bed, bird);
        awaitRoutesTold(bed);

        UdpFlow.endWithoutLoss(List.of(there, back));
        assertThat(Files.readString(bed.stateDirectory(1).resolve("bird.out")))
                .contains("which takes over the routes of the one before");

        bed.network("carrier: host-gw");
        long last = bird;
        NodesBed.await(
                "BIRD's end",
                () -> !Speakers.runs(last) && !NodesBed.has(bed.node(1), "ip route", "proto bird"));
        assertThat(runner.isAlive()).isTrue();
        bed.awaitAllReach(100);
    }

    @Test
    @Tag("soak") // for as long as somebody may take to start one
    void nobodyRunsBird_theNodeSaysSo_untilSomebodyDoes(TestNamespaces namespaces)
            throws Exception {
        NodesBed bed = bed(namespaces, Families.IPV4, "carrier: bgp");
        bed.bird(NodeAgentOptions.EXTERNAL_BIRD);
        bed.start(NODES, Families.IPV4);

        NodesBed.await(
                "the complaint",
                () -> bed.record(1).contains("no BIRD answers on") && isUnavailable(bed));

        var _ = runBird(bed, 1);
        var _ = runBird(bed, 2);
        awaitSessions(bed, 1, 1);
        bed.awaitAllReach(100);
        NodesBed.await("no complaint", () -> !isUnavailable(bed));
    }

    private static boolean isUnavailable(NodesBed bed) throws Exception {
        return bed.record(1).contains("BirdFailed");
    }
}
