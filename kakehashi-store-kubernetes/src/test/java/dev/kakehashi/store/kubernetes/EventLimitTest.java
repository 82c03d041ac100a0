package dev.kakehashi.store.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.store.Notice;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;

class EventLimitTest {
    private final EventLimit limit = new EventLimit();
    private final Instant start = Instant.parse("2026-01-01T00:00:00Z");

    private boolean admits(String object, String message, Duration after) {
        Notice notice = new Notice(Kind.BGP_PEER, object, "node-1", "NotEstablished", message);
        return limit.admits(notice, start.plus(after));
    }

    @Test
    void theSame_isToldOnceInTenMinutes() {
        assertThat(admits("fabric", "down", Duration.ZERO)).isTrue();
        assertThat(admits("fabric", "down", Duration.ofMinutes(9))).isFalse();
        assertThat(admits("fabric", "other AS", Duration.ofMinutes(9))).isTrue();
        assertThat(admits("fabric", "down", Duration.ofMinutes(10))).isTrue();
    }

    @Test
    void whatChangesAllTheTime_isToldSoOftenAndThenSeldom() {
        int told = 0;
        for (int second = 0; second < 60; second++) {
            told += admits("flapping", "now " + second, Duration.ofSeconds(second)) ? 1 : 0;
        }
        assertThat(told).isEqualTo(25);
        assertThat(admits("calm", "down", Duration.ofMinutes(1))).as("another object").isTrue();
        assertThat(admits("flapping", "still", Duration.ofMinutes(4))).isFalse();
        assertThat(admits("flapping", "still", Duration.ofMinutes(6))).isTrue();
        assertThat(admits("flapping", "again", Duration.ofMinutes(6))).isFalse();
    }

    @Test
    void whatWasNotTaken_mayBeToldAgain() {
        Notice notice = new Notice(Kind.NETWORK, "pods", "node-1", "Overlaps", "it does");
        assertThat(limit.admits(notice, start)).isTrue();
        limit.failed(notice);
        assertThat(limit.admits(notice, start)).isTrue();
    }
}
