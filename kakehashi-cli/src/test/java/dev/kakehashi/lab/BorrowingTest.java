package dev.kakehashi.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.testing.KernelTest;

import org.junit.jupiter.api.AfterEach;

import java.io.IOException;

/** Borrowed addresses by real agents and real plugin binaries, of which nothing is left. */
@KernelTest
abstract class BorrowingTest {
    final BorrowingLab borrowing;
    final LabBed bed;

    /** In a lab of this name. */
    BorrowingTest(String lab) {
        this.borrowing = new BorrowingLab(lab);
        this.bed = borrowing.bed();
    }

    @AfterEach
    void down() throws IOException {
        bed.down();
        assertThat(bed.traces()).isEmpty();
    }
}
