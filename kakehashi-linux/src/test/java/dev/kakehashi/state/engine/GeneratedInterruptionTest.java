package dev.kakehashi.state.engine;

import static dev.kakehashi.state.engine.GeneratedStateTest.trials;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.state.DesiredState;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.Seeds;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.util.random.RandomGenerator;

/** Plans that end before they are done, at any step, on a real kernel. */
@KernelTest
class GeneratedInterruptionTest {
    private static final int INTERRUPTIONS = 5;

    @Test
    @Tag("soak")
    void allOfThese_often() throws Exception {
        failures(60);
        ends(60);
        endsOnTheWay(60);
    }

    @Test
    void failureAtAnyStep_isUndone() throws Exception {
        failures(2);
    }

    private static void failures(int sites) throws Exception {
        RandomGenerator random = Seeds.random();
        trials(
                sites,
                random,
                (site, seeds) -> {
                    DesiredState desired = GeneratedState.of(seeds);
                    int steps = site.engine().plan(desired).steps().size();
                    for (int i = 0; i < INTERRUPTIONS; i++) {
                        int at = random.nextInt(steps);
                        site.note("failure before step " + at);
                        assertThatThrownBy(() -> site.interrupted(at, true).reconcile(desired))
                                .isInstanceOf(Site.Interruption.class)
                                .hasNoSuppressedExceptions();
                        site.assertAsFound();
                    }
                });
    }

    @Test
    void endOfTheProcessAtAnyStep_thenApplyAgain_converges() throws Exception {
        ends(2);
    }

    private static void ends(int sites) throws Exception {
        RandomGenerator random = Seeds.random();
        trials(
                sites,
                random,
                (site, seeds) -> {
                    DesiredState desired = GeneratedState.of(seeds);
                    for (int i = 0; i < INTERRUPTIONS; i++) {
                        int at = random.nextInt(site.engine().plan(desired).steps().size());
                        site.note("end before step " + at);
                        assertThatThrownBy(() -> site.interrupted(at, false).reconcile(desired))
                                .isInstanceOf(Site.Crash.class);
                        site.apply(desired);
                        site.assertAsWanted(desired);
                        site.remove(desired);
                        site.assertAsFound();
                    }
                });
    }

    @Test
    void endOfTheProcessOnTheWayToAnotherState_thenReconcileAgain_converges() throws Exception {
        endsOnTheWay(2);
    }

    private static void endsOnTheWay(int sites) throws Exception {
        RandomGenerator random = Seeds.random();
        trials(
                sites,
                random,
                (site, seeds) -> {
                    DesiredState first = GeneratedState.of(seeds);
                    for (int i = 0; i < INTERRUPTIONS; i++) {
                        DesiredState second = GeneratedState.of(GeneratedState.vary(seeds, random));
                        site.apply(first);
                        int steps = site.engine().plan(second, first).steps().size();
                        int at = random.nextInt(Math.max(1, steps));
                        site.note("end before step " + at + " of:");
                        site.note(site.engine().plan(second, first).toString());
                        assertThatThrownBy(
                                        () -> site.interrupted(at, false).reconcile(second, first))
                                .isInstanceOf(Site.Crash.class);
                        site.reconcile(second, first);
                        site.assertAsWanted(second);
                        site.remove(second);
                        site.assertAsFound();
                    }
                });
    }
}
