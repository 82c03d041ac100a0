package dev.kakehashi.bench;

import dev.kakehashi.bench.Result.Target;
import dev.kakehashi.testing.PodTraffic;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * How long an object of a node is missing that a foreign hand deleted while pods talk: from the
 * start of the command that deletes it until the kernel has it again, and all that hung on it.
 */
final class HealBench {
    private static final double MILLI = 1e6;
    private static final int USUAL = 50;
    private static final int MOST = 1000;
    private static final int NODES = 2;
    private static final int PACKETS = 200;

    /**
     * Longer than the agent rests after a look: it must find that all is well, or it would see a
     * contest.
     */
    private static final int LEAST_PAUSE = 110;

    private static final int LONGEST_PAUSE = 170;
    private static final int LIMIT_MILLIS = 1000;
    private static final long PATIENCE = 10_000_000_000L;

    private final Path work;
    private final Path home;
    private final Path bird;

    HealBench(Path work, Path home, Path bird) {
        this.work = work;
        this.home = home;
        this.bird = bird;
    }

    List<Result> run(Effort effort) throws IOException {
        List<Result> results = new ArrayList<>();
        for (String carrier : List.of("vxlan", "host-gw")) {
            try (NodeBed bed = new NodeBed(work.resolve("heal-" + carrier), home, bird)) {
                bed.network(carrier);
                bed.start(NODES);
                PodTraffic traffic = PodTraffic.start(bed.pods(), PACKETS);
                try (NodeObjects objects = new NodeObjects(bed.node(1))) {
                    for (NodeObjects.Kind kind : objects.of(carrier)) {
                        Sample times = times(bed, kind, effort.rounds(USUAL, MOST));
                        results.add(
                                new Result(
                                        carrier + ": " + kind.name() + " is back",
                                        "ms",
                                        times,
                                        new Sample(),
                                        new Target.P99AtMost(LIMIT_MILLIS)));
                    }
                } finally {
                    Processes.end(traffic);
                }
            }
        }
        return results;
    }

    private static Sample times(NodeBed bed, NodeObjects.Kind kind, int rounds) throws IOException {
        Sample times = new Sample();
        Random pauses = new Random(rounds);
        NodeBed.await("the first " + kind.name(), kind.back());
        for (int i = 0; i < rounds; i++) {
            // At any time between two looks of the agent.
            Processes.pause(pauses.nextInt(LEAST_PAUSE, LONGEST_PAUSE));
            long start = System.nanoTime();
            NodeBed.shell(bed.node(1), kind.deletion());
            while (!kind.back().holds()) {
                if (System.nanoTime() - start > PATIENCE) {
                    throw new IOException("not back after " + PATIENCE + " ns: " + kind.deletion());
                }
                Processes.pause(1);
            }
            times.add((System.nanoTime() - start) / MILLI);
        }
        return times;
    }
}
