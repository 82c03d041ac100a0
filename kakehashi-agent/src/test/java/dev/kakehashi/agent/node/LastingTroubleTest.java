package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;

class LastingTroubleTest {
    private final LastingTrouble<String> trouble = new LastingTrouble<>(Duration.ofSeconds(10));

    private static Instant at(int second) {
        return Instant.EPOCH.plusSeconds(second);
    }

    @Test
    void passingTrouble_isNeverTold() {
        assertThat(trouble.begun(Set.of("peer"), at(0))).isEmpty();
        assertThat(trouble.begun(Set.of(), at(9))).isEmpty();
        assertThat(trouble.begun(Set.of("peer"), at(11))).isEmpty();
    }

    @Test
    void lastingTrouble_isToldOnce_andAgainAfterItWasGone() {
        assertThat(trouble.begun(Set.of("peer"), at(0))).isEmpty();
        assertThat(trouble.begun(Set.of("peer", "other"), at(10))).containsExactly("peer");
        assertThat(trouble.begun(Set.of("peer", "other"), at(11))).isEmpty();
        assertThat(trouble.begun(Set.of("peer", "other"), at(20))).containsExactly("other");
        assertThat(trouble.begun(Set.of(), at(21))).isEmpty();
        assertThat(trouble.begun(Set.of("peer"), at(22))).isEmpty();
        assertThat(trouble.begun(Set.of("peer"), at(32))).containsExactly("peer");
    }
}
