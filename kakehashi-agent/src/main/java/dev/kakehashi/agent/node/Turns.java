package dev.kakehashi.agent.node;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * When a node may write what many nodes want to write at the same moment, all but one of them for
 * nothing: each waits for a turn of its own, always the same one, so that by most of the turns it
 * is seen that somebody was faster. On one thread only.
 */
final class Turns {
    /** From the turn of one node to that of the next, about. */
    private static final Duration APART = Duration.ofMillis(10);

    /** The last turn, however many nodes there are. */
    private static final Duration LAST = Duration.ofSeconds(30);

    private final String node;
    private final Map<String, Instant> since = new HashMap<>();

    Turns(String node) {
        this.node = node;
    }

    /** Whether it is this node's turn; the first time that it is asked, the wait begins. */
    boolean isOwn(String what, int nodes, Instant now) {
        Instant began = since.computeIfAbsent(what, _ -> now);
        return !now.isBefore(began.plus(turn(what, nodes)));
    }

    /** There is nothing to be written any more. */
    void end(String what) {
        since.remove(what);
    }

    /** Nothing but these is there any more. */
    void retain(Collection<String> all) {
        since.keySet().retainAll(all);
    }

    private Duration turn(String what, int nodes) {
        long last = Math.min(APART.toMillis() * nodes, LAST.toMillis());
        SplittableRandom own = new SplittableRandom((node + "/" + what).hashCode());
        return Duration.ofMillis(own.nextLong(last + 1));
    }
}
