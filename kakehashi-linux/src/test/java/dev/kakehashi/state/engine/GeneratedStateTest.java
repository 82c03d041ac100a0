package dev.kakehashi.state.engine;

import dev.kakehashi.state.DesiredState;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.Seeds;

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
        trials(
                12,
                Seeds.random(),
                (site, seeds) -> {
                    DesiredState desired = GeneratedState.of(seeds);
                    site.note(site.engine().apply(desired));
                    site.assertAsWanted(desired);
                    site.note(site.engine().remove(desired));
                    site.assertAsFound();
                });
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
                                    + "What was done:\n"
                                    + site.history(),
                            e);
                }
            }
        }
    }
}
