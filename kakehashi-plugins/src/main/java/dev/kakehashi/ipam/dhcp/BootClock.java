package dev.kakehashi.ipam.dhcp;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;

/**
 * The time since the machine started, suspended or not ({@code CLOCK_BOOTTIME}, which /proc/uptime
 * shows): nobody sets it, and another process goes on with it.
 */
public final class BootClock implements InstantSource {

    private static final Path UPTIME = Path.of("/proc/uptime");

    @Override
    public Instant instant() {
        try {
            String text = Files.readString(UPTIME);
            String seconds = text.substring(0, text.indexOf(' '));
            return Instant.ofEpochMilli(Math.round(Double.parseDouble(seconds) * 1000));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + UPTIME, e);
        }
    }
}
