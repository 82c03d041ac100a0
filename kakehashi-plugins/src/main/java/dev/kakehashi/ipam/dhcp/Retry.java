package dev.kakehashi.ipam.dhcp;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How patient a client is.
 *
 * @param request the longest wait for one answer
 * @param resendMax the longest pause between messages
 * @param resendTimeout after which it gives up
 */
record Retry(Duration request, Duration resendMax, Duration resendTimeout) {

    /** The reference plugin's. */
    static final Retry DEFAULT =
            new Retry(Duration.ofSeconds(10), Duration.ofSeconds(62), Duration.ofSeconds(208));

    private static final int FAST_TRIES = 4;
    private static final Duration FAST = Duration.ofSeconds(2);
    private static final long JITTER_MILLIS = 1000;

    /**
     * The wait for an answer: some fast ones, then twice as long each, all a little random so that
     * the clients of a network do not talk in step (RFC 2131, section 4.1).
     *
     * @param attempt from 0
     */
    Duration wait(int attempt, RandomGenerator random) {
        long millis = FAST.toMillis();
        for (int i = FAST_TRIES; i <= attempt && millis < resendMax.toMillis(); i++) {
            millis *= 2;
        }
        millis = Math.min(millis, resendMax.toMillis());
        millis += random.nextLong(-JITTER_MILLIS, JITTER_MILLIS + 1);
        // The resend limit has the last word, but never less than a moment.
        return Duration.ofMillis(Math.max(100, Math.min(millis, resendMax.toMillis())));
    }
}
