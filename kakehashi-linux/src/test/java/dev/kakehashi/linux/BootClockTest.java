package dev.kakehashi.linux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.nio.file.Files;
import java.nio.file.Path;

class BootClockTest {
    @Test
    void itIsTheMachinesUptime() throws Exception {
        double before = uptime();
        double now = new BootClock().millis() / 1e3;
        assertThat(now).isBetween(before - 0.02, uptime() + 0.02); // of two decimals
    }

    private static double uptime() throws Exception {
        String text = Files.readString(Path.of("/proc/uptime"));
        return Double.parseDouble(text.substring(0, text.indexOf(' ')));
    }
}
