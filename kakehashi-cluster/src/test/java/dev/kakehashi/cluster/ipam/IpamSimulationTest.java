package dev.kakehashi.cluster.ipam;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Several nodes with the real code over one store, and everything that can go wrong: processes that
 * die between any two steps, machines that start again or never, requests that are lost, late or
 * answered to nobody, caches that are old, clocks that differ, pools that are changed meanwhile.
 *
 * <p>A seed that fails is run again by {@code -Dtest.seed=…}.
 */
class IpamSimulationTest {
    private static final int SAMPLE = 8;
    private static final int ALL = 10_000;
    private static final int MUTANT_RUNS = 200;

    @Test
    void whateverGoesWrong_noAddressIsUsedTwiceAndNoneIsLost() {
        runs(SAMPLE);
    }

    @Test
    @Tag("soak")
    void whateverGoesWrong_tenThousandTimes() {
        runs(ALL);
    }

    @ParameterizedTest
    @EnumSource(names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void aMistake_isNoticed(Mutation mutation) {
        boolean noticed = false;
        for (long seed = 1; seed <= MUTANT_RUNS && !noticed; seed++) {
            try {
                new SimWorld(seed, mutation).run();
            } catch (AssertionError e) {
                noticed = true;
            }
        }
        assertThat(noticed).as("%s in %s runs", mutation, MUTANT_RUNS).isTrue();
    }

    /** The first seed is the one that was asked for, so that asking for it plays it again. */
    private static void runs(int count) {
        long first = Long.getLong("test.seed", System.nanoTime());
        SplittableRandom more = new SplittableRandom(first);
        try (var threads =
                Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
            List<Callable<Optional<String>>> work = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                long seed = i == 0 ? first : more.nextLong();
                work.add(() -> failure(seed));
            }
            List<String> failures = new ArrayList<>();
            for (Future<Optional<String>> done : threads.invokeAll(work)) {
                done.get().ifPresent(failures::add);
            }
            assertThat(failures).as("seeds of %s", count).isEmpty();
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    private static Optional<String> failure(long seed) {
        try {
            new SimWorld(seed, Mutation.NONE).run();
            return Optional.empty();
        } catch (AssertionError e) {
            return Optional.of("-Dtest.seed=" + seed + ": " + e.getMessage());
        }
    }
}
