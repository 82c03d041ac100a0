package dev.kakehashi.bench;

import dev.kakehashi.bench.Result.Target;
import dev.kakehashi.testing.PodTraffic;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

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

    private static final List<Lane> ONE_BY_ONE =
            List.of(new Lane("vxlan", 0, 1), new Lane("host-gw", 0, 1));

    /** A thousand deletions of each kind would take most of an hour one after the other. */
    private static final List<Lane> SIDE_BY_SIDE =
            List.of(
                    new Lane("vxlan", 0, 3),
                    new Lane("vxlan", 1, 3),
                    new Lane("vxlan", 2, 3),
                    new Lane("host-gw", 0, 1));

    private final Path work;
    private final Path home;
    private final Path bird;

    HealBench(Path work, Path home, Path bird) {
        this.work = work;
        this.home = home;
        this.bird = bird;
    }

    /** Some of the kinds of objects that a carrier has: each {@code step}th from the first on. */
    private record Lane(String carrier, int first, int step) {}

    List<Result> run(Effort effort) throws IOException {
        int rounds = effort.rounds(USUAL, MOST);
        List<Callable<List<Result>>> lanes = new ArrayList<>();
        for (Lane lane : rounds > USUAL ? SIDE_BY_SIDE : ONE_BY_ONE) {
            lanes.add(() -> run(lane, rounds));
        }
        List<Result> results = new ArrayList<>();
        try (ExecutorService threads =
                Executors.newFixedThreadPool(rounds > USUAL ? lanes.size() : 1)) {
            for (Future<List<Result>> lane : threads.invokeAll(lanes)) {
                results.addAll(lane.get());
            }
        } catch (ExecutionException e) {
            throw new IOException("an object could not be deleted, or did not come back", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        return results;
    }

    private List<Result> run(Lane lane, int rounds) throws IOException {
        List<Result> results = new ArrayList<>();
        String place = "heal-" + lane.carrier() + "-" + lane.first();
        try (NodeBed bed = new NodeBed(work.resolve(place), home, bird)) {
            bed.network(lane.carrier());
            bed.start(NODES);
            PodTraffic traffic = PodTraffic.start(bed.pods(), PACKETS);
            try (NodeObjects objects = new NodeObjects(bed.node(1))) {
                List<NodeObjects.Kind> kinds = objects.of(lane.carrier());
                for (int i = lane.first(); i < kinds.size(); i += lane.step()) {
                    results.add(
                            new Result(
                                    lane.carrier() + ": " + kinds.get(i).name() + " is back",
                                    "ms",
                                    times(bed, kinds.get(i), rounds),
                                    new Sample(),
                                    new Target.P99AtMost(LIMIT_MILLIS)));
                }
            } finally {
                Processes.end(traffic);
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
