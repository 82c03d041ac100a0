package dev.kakehashi.state.engine;

import dev.kakehashi.state.DesiredState;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.Seeds;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.random.RandomGenerator;

/** What the engine promises, for states drawn at random, on a real kernel. */
@KernelTest
class GeneratedStateTest {
    /** One state on a fresh site. */
    @FunctionalInterface
    interface Trial {
        void run(Site site, long[] seeds) throws Exception;
    }

    @Test
    void apply_thenObserve_givesAnEmptyDiff_andRemoveLeavesTheKernelAsFound() throws Exception {
        trials(5, Seeds.random(), GeneratedStateTest::applyAndRemove);
    }

    @Test
    @Tag("soak")
    void apply_thenObserve_givesAnEmptyDiff_andRemoveLeavesTheKernelAsFound_often()
            throws Exception {
        trials(300, Seeds.random(), GeneratedStateTest::applyAndRemove);
    }

    private static void applyAndRemove(Site site, long[] seeds) throws Exception {
        DesiredState desired = GeneratedState.of(seeds);
        site.apply(desired);
        site.assertAsWanted(desired);
        site.assertNothingToDo(desired);
        site.remove(desired);
        site.assertAsFound();
    }

    static void trials(int count, RandomGenerator random, Trial trial) throws Exception {
        for (int i = 0; i < count; i++) {
            long[] seeds = GeneratedState.seeds(random);
            try (Site site = Site.create()) {
                try {
                    trial.run(site, seeds);
                } catch (IOException | AssertionError e) {
                    throw new AssertionError(
                            "trial "
                                    + i
                                    + ": "
                                    + e.getMessage()
                                    + "\nThe state was made by:\n"
                                    + Diff.between(GeneratedState.of(seeds), ObservedState.EMPTY)
                                    + "What was to be done:\n"
                                    + site.history(),
                            e);
                }
            }
        }
    }
}
