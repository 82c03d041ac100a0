package dev.kakehashi.state.engine;

import static dev.kakehashi.state.engine.GeneratedStateTest.trials;

import dev.kakehashi.state.DesiredState;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.Seeds;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.util.random.RandomGenerator;

/** The way from one state to another, drawn at random, on a real kernel. */
@KernelTest
class GeneratedTransitionTest {
    @Test
    void reconcile_fromAnyStateToAnother_givesAnEmptyDiff_andRemoveLeavesTheKernelAsFound()
            throws Exception {
        transitions(6);
    }

    @Test
    @Tag("soak")
    void reconcile_fromAnyStateToAnother_givesAnEmptyDiff_andRemoveLeavesTheKernelAsFound_often()
            throws Exception {
        transitions(300);
    }

    private static void transitions(int count) throws Exception {
        RandomGenerator random = Seeds.random();
        trials(
                count,
                random,
                (site, seeds) -> {
                    DesiredState first = GeneratedState.of(seeds);
                    DesiredState second = GeneratedState.of(GeneratedState.vary(seeds, random));
                    site.reconcile(first, DesiredState.EMPTY);
                    site.reconcile(second, first);
                    site.assertAsWanted(second);
                    site.remove(second);
                    site.assertAsFound();
                });
    }
}
