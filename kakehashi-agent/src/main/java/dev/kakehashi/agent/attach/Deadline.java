package dev.kakehashi.agent.attach;

import java.time.Duration;

/** A moment of {@link System#nanoTime} by which something has to be answered. */
record Deadline(long nanoTime) {
    static Deadline in(Duration time) {
        return new Deadline(System.nanoTime() + time.toNanos());
    }

    static Deadline inMillis(int millis) {
        return new Deadline(System.nanoTime() + millis * 1_000_000L);
    }

    /** What is left, never negative. */
    long remainingNanos() {
        return Math.max(0, nanoTime - System.nanoTime());
    }

    /** What is left in whole milliseconds, never negative. */
    int remainingMillis() {
        return (int) Math.min(Integer.MAX_VALUE, remainingNanos() / 1_000_000);
    }

    boolean isOver() {
        return remainingNanos() == 0;
    }

    /** A deadline that is this much later. */
    Deadline later(Duration time) {
        return new Deadline(nanoTime + time.toNanos());
    }
}
