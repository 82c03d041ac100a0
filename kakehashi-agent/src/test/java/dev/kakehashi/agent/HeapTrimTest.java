package dev.kakehashi.agent;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.time.Duration;

class HeapTrimTest {

    private static final long MB = 1L << 20;
    private static final Duration LONG = Duration.ofSeconds(5);

    private final HeapTrim trim = new HeapTrim();

    @Test
    void heapThatGrew_isTrimmedOnceNobodyWaits() {
        assertThat(trim.isDue(50 * MB, Duration.ofSeconds(1))).isFalse();
        assertThat(trim.isDue(50 * MB, LONG)).isTrue();
    }

    @Test
    void smallHeap_isLeftAlone() {
        assertThat(trim.isDue(24 * MB, LONG)).isFalse();
    }

    @Test
    void heapThatIsNeeded_isNotTrimmedAgainAndAgain() {
        trim.trimmedTo(30 * MB);
        assertThat(trim.isDue(37 * MB, LONG)).isFalse();
        assertThat(trim.isDue(39 * MB, LONG)).isTrue();
    }
}
