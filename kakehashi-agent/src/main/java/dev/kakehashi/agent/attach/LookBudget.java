package dev.kakehashi.agent.attach;

import java.time.Duration;

/**
 * How much of the time goes into looking at attachments: a tenth, after a second's worth of looks
 * at once. However many pods keep changing their networks, the node has the rest. Times are {@link
 * System#nanoTime}. Not thread-safe.
 */
final class LookBudget {
    /** Of the time, looks take one part in so many. */
    private static final int SHARE = 10;

    private static final long BURST = Duration.ofSeconds(1).toNanos();

    /**
     * What a look costs at most: on a machine that has no time for us, where each takes long, pods
     * are to be looked at all the same.
     */
    private static final long DEAREST = Duration.ofMillis(20).toNanos();

    private long credit = BURST;
    private long counted;

    LookBudget(long now) {
        this.counted = now;
    }

    /** A look has ended. */
    void spend(long began, long ended) {
        earn(ended);
        credit -= Math.min(ended - began, DEAREST);
    }

    /** Nanoseconds to wait before the next look; 0 for none. */
    long pause(long now) {
        earn(now);
        return Math.max(0, -credit * SHARE);
    }

    private void earn(long now) {
        credit = Math.min(BURST, credit + (now - counted) / SHARE);
        counted = now;
    }
}
