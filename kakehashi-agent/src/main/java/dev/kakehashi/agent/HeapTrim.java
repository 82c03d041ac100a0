package dev.kakehashi.agent;

import java.time.Duration;

/**
 * Gives memory back to the machine once a burst is over. A dump of thousands of rules makes the
 * heap grow, and the serial collector shrinks it only in a full collection, for which a quiet agent
 * has no cause of its own.
 */
final class HeapTrim {

    /** What the agent starts with, in which it has room while little happens, and a third more. */
    private static final long SMALL = 32L << 20;

    /** Half of what the heap may still grow by behind a trim among thousands of nodes. */
    private static final long GROWTH = 8L << 20;

    private static final Duration QUIET = Duration.ofSeconds(2);

    private long after;

    /**
     * Whether to collect now: the heap has grown since the last time, and nobody waits.
     *
     * @param size of the heap, in bytes
     * @param idle for how long nothing has been asked
     */
    boolean isDue(long size, Duration idle) {
        return size > SMALL && size - after > GROWTH && idle.compareTo(QUIET) >= 0;
    }

    /**
     * Remembers what is left.
     *
     * @param size of the heap, in bytes
     */
    void trimmedTo(long size) {
        after = size;
    }

    /** Collects if that is due: some milliseconds in which the process stands still. */
    void run(Duration idle) {
        Runtime runtime = Runtime.getRuntime();
        if (isDue(runtime.totalMemory(), idle)) {
            System.gc();
            trimmedTo(runtime.totalMemory());
        }
    }
}
