package dev.kakehashi.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.testing.KernelTest;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.io.IOException;

/** A lab as large as it must be able to be. */
@Tag("soak")
@KernelTest
class LabSoakTest {
    private final LabBed bed = new LabBed(new LabSpec("labsoak", 20, 5, "vxlan", 2));

    @AfterEach
    void down() throws IOException {
        bed.down();
        assertThat(bed.traces()).isEmpty();
    }

    @Test
    void twentyNodesWithFivePodsEach_reachEachOther() throws Exception {
        Lab lab = bed.up();

        ReachReport reach = lab.reach(Progress.SILENT);

        assertThat(reach.failures()).isEmpty();
        assertThat(reach.cells(Way.OTHER_NODE)).hasSize(100 * 95);
        assertThat(reach.cells(Way.SAME_NODE)).hasSize(100 * 4);
    }
}
