package dev.kakehashi.ipam.dhcp.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.time.Duration;

class DaemonOptionsTest {

    @Test
    void defaults_areTheReferencePlugins() {
        DaemonOptions options = DaemonOptions.parse();
        assertThat(options.socket()).isEqualTo(Path.of("/run/cni/dhcp.sock"));
        assertThat(options.timeout()).isEqualTo(Duration.ofSeconds(10));
        assertThat(options.resendMax()).isEqualTo(Duration.ofSeconds(62));
        assertThat(options.resendTimeout()).isEqualTo(Duration.ofSeconds(208));
        assertThat(options.broadcast()).isFalse();
        assertThat(options.pidFile()).isEmpty();
    }

    @Test
    void flags_areWrittenAsGoWritesThem() {
        DaemonOptions options =
                DaemonOptions.parse(
                        "-hostprefix",
                        "/host",
                        "--socketpath=/run/x.sock",
                        "-broadcast",
                        "-timeout",
                        "1.5s",
                        "--resendmax",
                        "2m",
                        "-resendtimeout=1m30s",
                        "-pidfile",
                        "/run/p");
        assertThat(options.socket()).isEqualTo(Path.of("/host/run/x.sock"));
        assertThat(options.broadcast()).isTrue();
        assertThat(options.timeout()).isEqualTo(Duration.ofMillis(1500));
        assertThat(options.resendMax()).isEqualTo(Duration.ofMinutes(2));
        assertThat(options.resendTimeout()).isEqualTo(Duration.ofSeconds(90));
        assertThat(options.pidFile()).isEqualTo("/run/p");
        assertThat(DaemonOptions.parse("-broadcast=false").broadcast()).isFalse();
        assertThat(DaemonOptions.parse("-h").help()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "-colour red, flag provided but not defined: -colour",
        "-timeout, flag needs an argument: -timeout",
        "-timeout 10, invalid value for flag -timeout",
        "-timeout 0, invalid value for flag -timeout",
        "-broadcast=maybe, invalid boolean value",
        "start, unexpected argument start"
    })
    void wrongFlags_areNamed(String arguments, String message) {
        assertThatThrownBy(() -> DaemonOptions.parse(arguments.split(" ", -1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "s", "5", "1x", "1.2.3s", "-5s", "99999999999h", "5 s"})
    void whatIsNoDuration_isRefused(String text) {
        assertThatThrownBy(() -> GoDuration.parse(text))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({"1h2m3s, 3723000", "250ms, 250", "0, 0", ".5s, 500"})
    void durations_areSums(String text, long millis) {
        assertThat(GoDuration.parse(text)).isEqualTo(Duration.ofMillis(millis));
    }
}
