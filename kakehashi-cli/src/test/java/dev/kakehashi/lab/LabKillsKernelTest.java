package dev.kakehashi.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.testing.KernelTest;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

import java.io.IOException;

/**
 * No address leaks and none is given twice, whichever processes are killed by SIGKILL: agents,
 * front binaries, runs without an agent. What is random follows {@code -Dtest.seed=…}, but for the
 * moments at which processes are where they are.
 */
@KernelTest
class LabKillsKernelTest {
    private static final int SAMPLE = 20;
    private static final int MANY = 1000;

    private static final String NAME = "labkills";

    private final LabSpec spec = new LabSpec(NAME, 3, 1, "vxlan", 1).withIpam("pools");
    private final LabBed bed = new LabBed(spec);

    @AfterEach
    void down() throws IOException {
        bed.down();
        assertThat(bed.traces()).isEmpty();
    }

    @Test
    void killedNowAndThen_whatIsAllocatedIsWhatLives(TestReporter reporter) throws Exception {
        kill(bed.up(), SAMPLE, reporter);
    }

    @Tag("soak")
    @Test
    void killedAThousandTimes_whatIsAllocatedIsWhatLives(TestReporter reporter) throws Exception {
        kill(bed.up(), MANY, reporter);
    }

    @Tag("soak")
    @Test
    void killedWhileAddressesAreBorrowed_whatIsAllocatedIsWhatLives(TestReporter reporter)
            throws Exception {
        kill(new BorrowingLab(NAME).up(), MANY / 2, reporter);
    }

    private void kill(Lab lab, int wanted, TestReporter reporter) throws Exception {
        long seed = Long.getLong("test.seed", System.nanoTime());
        LabKills kills = new LabKills(bed, lab, new LabTopology(spec).nodes(), wanted);
        try {
            kills.run(seed);
        } catch (Exception | AssertionError e) {
            throw new AssertionError("-Dtest.seed=" + seed + ": " + kills + ": " + e, e);
        }
        reporter.publishEntry("processes", kills.toString());
    }
}
