package dev.kakehashi.state.reconcile;

import java.time.Duration;

/**
 * When to look next. A notification is followed at once, but for the moment it takes for what
 * belongs together to arrive; looks never take more than a small part of the time, those that are
 * only for caution a very small one; who fails or is contested waits longer each time. Times are
 * {@link System#nanoTime}. Not thread-safe.
 */
final class Pace {
    /** What belongs together, for example a link and its routes, arrives within this time. */
    private static final long SETTLE = millis(3);

    /** After a look so many times what it took is left to others, within bounds. */
    private static final int REST_FACTOR = 10;

    private static final long LEAST_REST = millis(10);
    private static final long LONGEST_USUAL_REST = millis(100);

    /** Of the time, regular looks at the whole take one part in so many. */
    private static final int WHOLE_LOOK_FACTOR = 100;

    /** The longest time that a defect in what the kernel tells would stay unnoticed. */
    private static final long LONGEST_BETWEEN_WHOLE_LOOKS = millis(30_000);

    private static final long FIRST_BACK_OFF = millis(100);
    private static final long LONGEST_BACK_OFF = millis(5_000);

    /** So many looks in a row that had to heal are one disturbance; more are a contest. */
    private static final int CONTEST = 8;

    private static final long LONGEST_CONTEST_REST = millis(1_000);

    private final long interval;
    private long lastLook;
    private long nextWholeLook;
    private long rest = LEAST_REST;
    private long backOff;
    private int healedInARow;

    /**
     * @param interval the time between regular looks
     * @param now the time of a first look
     */
    Pace(Duration interval, long now) {
        this.interval = interval.toNanos();
        this.lastLook = now;
    }

    private static long millis(long millis) {
        return millis * 1_000_000;
    }

    /**
     * When to look if no notification comes; soon after something was put right, to see whether it
     * stays so: if it does, what departs next is another disturbance and no contest.
     */
    long regular() {
        return lastLook + (healedInARow > 0 ? rest : Math.max(interval, rest));
    }

    /**
     * Whether a regular look must be at the whole, not only at what the kernel does not announce.
     */
    boolean isWholeLookDue(long now) {
        return now >= nextWholeLook || backOff > 0 || healedInARow > 0;
    }

    /** After a regular look at what the kernel does not announce, which was as wanted. */
    void glanced(long began, long ended) {
        lastLook = ended;
        rest = rest(began, ended);
    }

    private static long rest(long began, long ended) {
        return Math.clamp(REST_FACTOR * (ended - began), LEAST_REST, LONGEST_USUAL_REST);
    }

    /** When to look because of a notification. */
    long notified(long now) {
        return Math.max(now + SETTLE, lastLook + rest);
    }

    /**
     * After a look at the whole.
     *
     * @param began when it began
     * @param ended when it ended
     * @param healed whether something had to be put right
     * @param complete whether everything could be
     */
    void looked(long began, long ended, boolean healed, boolean complete) {
        lastLook = ended;
        healedInARow = healed ? healedInARow + 1 : 0;
        rest = rest(began, ended);
        nextWholeLook =
                ended + Math.min(WHOLE_LOOK_FACTOR * (ended - began), LONGEST_BETWEEN_WHOLE_LOOKS);
        if (isContested()) {
            int doublings = Math.min(healedInARow - CONTEST, 10);
            rest = Math.max(rest, Math.min(LONGEST_CONTEST_REST, LEAST_REST << doublings));
        }
        if (complete) {
            backOff = 0;
        } else {
            backOff = backOff == 0 ? FIRST_BACK_OFF : Math.min(2 * backOff, LONGEST_BACK_OFF);
            rest = Math.max(rest, backOff);
        }
    }

    /** Whether things depart again and again soon after they were put right. */
    boolean isContested() {
        return healedInARow >= CONTEST;
    }

    /** Whether that has just begun. */
    boolean isNewlyContested() {
        return healedInARow == CONTEST;
    }

    /** The least time to the next look. */
    Duration rest() {
        return Duration.ofNanos(rest);
    }

    /** The longest time between two looks at what is contested. */
    static Duration contestPause() {
        return Duration.ofNanos(LONGEST_CONTEST_REST);
    }
}
