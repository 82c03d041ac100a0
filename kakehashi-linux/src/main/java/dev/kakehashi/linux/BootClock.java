package dev.kakehashi.linux;

import java.time.Instant;
import java.time.InstantSource;

/**
 * The time since the machine started, suspended or not ({@code CLOCK_BOOTTIME}): nobody sets it,
 * and another process goes on with it. Equivalent to: {@code cut -d' ' -f1 /proc/uptime}.
 */
public final class BootClock implements InstantSource {
    private static final long CLOCK_GETTIME = CLibrary.function("clock_gettime");
    private static final int CLOCK_BOOTTIME = 7; // linux/time.h

    // struct timespec of 64-bit systems.
    private static final int TIMESPEC_SIZE = 16;
    private static final int TV_NSEC = 8;

    @Override
    public Instant instant() {
        try (Memory memory = Memory.open()) {
            Struct now = memory.struct(TIMESPEC_SIZE);
            if ((int) CLibrary.call(CLOCK_GETTIME, CLOCK_BOOTTIME, now.address()) < 0) {
                throw new IllegalStateException(
                        "clock_gettime(CLOCK_BOOTTIME) failed: errno " + CLibrary.errno());
            }
            return Instant.ofEpochSecond(now.getLong(0), now.getLong(TV_NSEC));
        }
    }
}
