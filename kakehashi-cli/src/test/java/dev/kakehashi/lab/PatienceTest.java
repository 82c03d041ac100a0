package dev.kakehashi.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;

/** How many times as long a lab waits. */
class PatienceTest {
    @Test
    void times_areThoseOfTheUsualTime() {
        assertThat(Patience.of("10").with(Duration.ofSeconds(30))).isEqualTo(Duration.ofMinutes(5));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "101", "-1", "", "ten", "1.5"})
    void whatIsNoNumberOfTimes_isRefusedByItsName(String times) {
        assertThatThrownBy(() -> Patience.of(times))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("KAKEHASHI_LAB_PATIENCE")
                .hasMessageContaining(times)
                .hasMessageContaining("1 to 100");
    }
}
