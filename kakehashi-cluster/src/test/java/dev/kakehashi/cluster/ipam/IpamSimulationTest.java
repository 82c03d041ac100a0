package dev.kakehashi.cluster.ipam;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.SplittableRandom;

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

    private static void runs(int count) {
        Long fixed = Long.getLong("test.seed");
        if (fixed != null && fixed != 1) {
            run(fixed);
            return;
        }
        SplittableRandom seeds = new SplittableRandom(fixed == null ? System.nanoTime() : fixed);
        for (int i = 0; i < count; i++) {
            run(seeds.nextLong());
        }
    }

    private static void run(long seed) {
        try {
            new SimWorld(seed, Mutation.NONE).run();
        } catch (AssertionError e) {
            throw new AssertionError("-Dtest.seed=" + seed + ": " + e.getMessage(), e);
        }
    }
}
