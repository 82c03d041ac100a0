package dev.kakehashi.agent.attach;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.Seeds;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * The agent is killed when one of its threads makes, for the N-th time, any of the system calls
 * that change something, while it serves a call.
 */
@KernelTest
class CrashTest {
    /** More than any call has; a walk that gets there is endless. */
    private static final int LONGEST = 400;

    @TempDir Path directory;
    @RegisterExtension final AgentBed bed = new AgentBed(() -> directory);

    @SuppressWarnings("NullAway.Init") // by makeContainer()
    private Netns container;

    @BeforeEach
    void makeContainer() throws Exception {
        CrashPoint.assumeTracer();
        container = bed.container();
    }

    @Test
    void addIsRepeatedByItsFrontBinary_atAFewSteps() throws Exception {
        RandomGenerator random = Seeds.random();
        for (int i = 0; i < 4; i++) {
            addAndKill(1 + random.nextInt(45));
        }
    }

    @Test
    void addIsUndoneAtTheNextStart_atAFewSteps() throws Exception {
        RandomGenerator random = Seeds.random();
        for (int i = 0; i < 3; i++) {
            addAndKillForGood(1 + random.nextInt(45));
        }
    }

    @Test
    void delIsFinished_atAFewSteps() throws Exception {
        RandomGenerator random = Seeds.random();
        for (int i = 0; i < 3; i++) {
            delAndKill(1 + random.nextInt(25));
        }
    }

    @Tag("soak")
    @Test
    void addIsRepeatedByItsFrontBinary_atEveryStep() throws Exception {
        assertThat(walk(this::addAndKill)).as("steps of ADD").isGreaterThan(20);
    }

    @Tag("soak")
    @Test
    void addIsUndoneAtTheNextStart_atEveryStep() throws Exception {
        assertThat(walk(this::addAndKillForGood)).as("steps of ADD").isGreaterThan(20);
    }

    @Tag("soak")
    @Test
    void delIsFinished_atEveryStep() throws Exception {
        assertThat(walk(this::delAndKill)).as("steps of DEL").isGreaterThan(10);
    }

    private interface Kill {
        boolean at(int step) throws Exception;
    }

    /**
     * Kills at one step after the other until a call has no more of them. Three times, because a
     * tracer may miss a thread that is just being made.
     *
     * @return the last step
     */
    private static int walk(Kill kill) throws Exception {
        int step = 0;
        for (int survived = 0; survived < 3; ) {
            step++;
            assertThat(step).isLessThan(LONGEST);
            survived = kill.at(step) ? 0 : survived + 1;
        }
        return step - 3;
    }

    /** Whether the agent got as far as the step. */
    private boolean addAndKill(int step) throws Exception {
        Process agent = bed.startAgent();
        CrashPoint.Tracer killer = CrashPoint.anyOf(step).await(agent);
        FrontCall added = bed.add("c1", container);
        boolean killed = killer.endedWithDeathOf(agent);
        assertThat(added.status())
                .as("ADD, killed at step %d: %s\n%s", step, added.stdout(), bed.log())
                .isZero();
        assertThat(bed.reserved()).as("step %d", step).containsExactly(added.address());
        assertThat(bed.hostLinks().lines()).as("host ends after step %d", step).hasSize(1);
        bed.del("c1", container).succeeded();
        bed.assertNothingIsLeft(container);
        bed.agents().kill();
        return killed;
    }

    /** Nobody starts another agent until the front binary has given up. */
    private boolean addAndKillForGood(int step) throws Exception {
        Process agent = bed.startAgent();
        CrashPoint.Tracer killer = CrashPoint.anyOf(step).await(agent);
        FrontCall failed =
                bed.call(
                        "bridge",
                        "ADD",
                        "c1",
                        AgentBed.path(container),
                        bed.bridge(),
                        Map.of("KAKEHASHI_HOME", "/nowhere", "KAKEHASHI_TIMEOUT", "2"));
        boolean killed = killer.endedWithDeathOf(agent);
        if (killed && failed.status() != 0) {
            failed.failed(11);
            bed.startAgent();
            // Undone, or whole because only its answer was lost.
            int whole = bed.reserved().size();
            assertThat(whole).as("addresses after step %d", step).isLessThanOrEqualTo(1);
            assertThat(TestNamespaces.run(container, "ip", "-o", "link").contains("eth0"))
                    .as("interface after step %d\n%s", step, bed.log())
                    .isEqualTo(whole == 1);
        }
        bed.del("c1", container).succeeded();
        bed.assertNothingIsLeft(container);
        bed.agents().kill();
        return killed;
    }

    private boolean delAndKill(int step) throws Exception {
        Process agent = bed.startAgent();
        bed.add("c1", container).succeeded();
        CrashPoint.Tracer killer = CrashPoint.anyOf(step).await(agent);
        FrontCall deleted = bed.del("c1", container);
        boolean killed = killer.endedWithDeathOf(agent);
        assertThat(deleted.status())
                .as("DEL, killed at step %d: %s\n%s", step, deleted.stdout(), bed.log())
                .isZero();
        bed.assertNothingIsLeft(container);
        bed.agents().kill();
        return killed;
    }
}
