package dev.kakehashi.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.nio.file.Path;
import java.time.Duration;

class ConformanceOptionsTest {
    private static final Path FOLDER = Path.of("/plugins");

    @Test
    void unknownVersion_isRefusedWithThoseThatThereAre() {
        assertThatThrownBy(() -> ConformanceOptions.of(FOLDER, "9.9.9"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no version \"9.9.9\"")
                .hasMessageContaining("1.1.0");
    }

    @Test
    void limitsWithoutMeaning_areRefused() {
        ConformanceOptions options = ConformanceOptions.of(FOLDER, "1.1.0");
        assertThatThrownBy(() -> options.jobs(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> options.timeout(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(options.jobs(1).timeout(Duration.ofMinutes(1)).timeout()).hasMinutes(1);
    }
}
