package dev.kakehashi.cluster.migration;

import dev.kakehashi.cluster.carrier.Way;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.util.SplittableRandom;

/**
 * Nodes that change the carrier, and back, and to others, die at any step and see what is long
 * past.
 *
 * <p>A seed that fails is run again by {@code -Dtest.seed=…}.
 */
class MigrationSimulationTest {
    private static final int SAMPLE = 60;
    private static final int ALL = 10_000;
    private static final int STEPS = 400;
    private static final int STEPS_TO_END = 1500;

    @Test
    void whateverANodeSendsBy_theReceiverCanReceive() throws Exception {
        run(SAMPLE);
    }

    @Test
    @Tag("soak")
    void whateverANodeSendsBy_theReceiverCanReceive_manyTimes() throws Exception {
        run(ALL);
    }

    private static void run(int times) throws Exception {
        long first = Long.getLong("test.seed", System.nanoTime());
        SplittableRandom seeds = new SplittableRandom(first);
        for (int i = 0; i < times; i++) {
            long seed = i == 0 ? first : seeds.nextLong();
            try {
                simulate(seed);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("-Dtest.seed=" + seed + ": " + e.getMessage(), e);
            }
        }
    }

    private static void simulate(long seed) throws InterruptedException {
        SplittableRandom random = new SplittableRandom(seed);
        Way[] carriers = Way.values();
        MigrationWorld world =
                new MigrationWorld(
                        seed, 2 + random.nextInt(3), carriers[random.nextInt(carriers.length)]);
        for (int turns = 1 + random.nextInt(4); turns > 0; turns--) {
            world.want(carriers[random.nextInt(carriers.length)]);
            world.run(random.nextInt(STEPS));
        }
        world.calm();
        world.run(STEPS_TO_END);
        world.assertSettled();
        world.end();
    }
}
