package dev.kakehashi.agent.attach;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.Seeds;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * The agent is killed at its N-th system call that changes something while it serves a call. {@code
 * strace --inject} does the killing, so that there is no way around it and no hook in the product.
 */
@KernelTest
class CrashTest {
    /** What changes files, the kernel's network or what others know. */
    private static final String CHANGES =
            "sendto,sendmsg,openat,write,pwrite64,unlink,unlinkat,setns,fdatasync";

    /** More than any call has; a walk that gets there is endless. */
    private static final int LONGEST = 400;

    @TempDir Path directory;

    @SuppressWarnings("NullAway.Init") // by make()
    private AgentBed bed;

    @SuppressWarnings("NullAway.Init") // by make()
    private Netns container;

    @BeforeEach
    void make(TestNamespaces namespaces) throws Exception {
        assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/strace")),
                "needs strace, which kills the agent at chosen system calls");
        bed = AgentBed.make(namespaces, directory);
        container = bed.container();
    }

    @AfterEach
    void close() throws Exception {
        if (bed != null) {
            bed.close();
        }
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
        Process killer = killAt(agent, step);
        AgentBed.Call added = bed.add("c1", container);
        boolean killed = isKilled(agent, killer);
        assertThat(added.status())
                .as("ADD, killed at step %d: %s\n%s", step, added.stdout(), bed.log())
                .isZero();
        assertThat(bed.reserved()).as("step %d", step).containsExactly(added.address());
        assertThat(bed.hostLinks().lines()).as("host ends after step %d", step).hasSize(1);
        bed.del("c1", container).succeeded();
        bed.assertNothingIsLeft(container);
        bed.close();
        return killed;
    }

    /** Nobody starts another agent until the front binary has given up. */
    private boolean addAndKillForGood(int step) throws Exception {
        Process agent = bed.startAgent();
        Process killer = killAt(agent, step);
        AgentBed.Call failed =
                bed.call(
                        "bridge",
                        "ADD",
                        "c1",
                        AgentBed.path(container),
                        bed.bridge(),
                        Map.of("KAKEHASHI_HOME", "/nowhere", "KAKEHASHI_TIMEOUT", "2"));
        boolean killed = isKilled(agent, killer);
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
        bed.close();
        return killed;
    }

    private boolean delAndKill(int step) throws Exception {
        Process agent = bed.startAgent();
        bed.add("c1", container).succeeded();
        Process killer = killAt(agent, step);
        AgentBed.Call deleted = bed.del("c1", container);
        boolean killed = isKilled(agent, killer);
        assertThat(deleted.status())
                .as("DEL, killed at step %d: %s\n%s", step, deleted.stdout(), bed.log())
                .isZero();
        bed.assertNothingIsLeft(container);
        bed.close();
        return killed;
    }

    /** A tracer that kills the agent when one of its threads has come to its N-th change. */
    private static Process killAt(Process agent, int step) throws IOException {
        Process strace =
                new ProcessBuilder(
                                "/usr/bin/strace",
                                "-f",
                                "-p",
                                Long.toString(agent.pid()),
                                "-o",
                                "/dev/null",
                                "-e",
                                "trace=" + CHANGES,
                                "-e",
                                "inject=" + CHANGES + ":signal=SIGKILL:when=" + step)
                        .redirectErrorStream(true)
                        .start();
        BufferedReader output = strace.inputReader();
        String line = output.readLine();
        assumeTrue(line != null && line.contains("attached"), "strace may trace here: " + line);
        Thread reader = new Thread(() -> drain(output), "strace's words");
        reader.setDaemon(true);
        reader.start();
        return strace;
    }

    private static void drain(BufferedReader output) {
        try {
            while (output.readLine() != null) {}
        } catch (IOException e) {
            // It has ended.
        }
    }

    private static boolean isKilled(Process agent, Process killer) throws InterruptedException {
        boolean killed = agent.waitFor(200, TimeUnit.MILLISECONDS);
        killer.destroy();
        assertThat(killer.waitFor(10, TimeUnit.SECONDS)).as("strace ended").isTrue();
        return killed;
    }
}
