package dev.kakehashi.agent.node;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Tells trouble that lasts from what passes by itself, such as a node that has only just started.
 *
 * @param <T> what there is trouble with; equal values are the same trouble
 */
final class LastingTrouble<T> {
    private final Duration patience;
    private final Map<T, Instant> since = new HashMap<>();
    private final Set<T> told = new HashSet<>();

    /** What is there for {@code patience} lasts. */
    LastingTrouble(Duration patience) {
        this.patience = patience;
    }

    /**
     * What of the trouble that there is {@code now} has begun to last since the last call: each is
     * told once, and again only after it was gone.
     */
    List<T> begun(Set<T> trouble, Instant now) {
        since.keySet().retainAll(trouble);
        told.retainAll(trouble);
        List<T> begun = new ArrayList<>();
        for (T each : trouble) {
            Instant first = since.computeIfAbsent(each, _ -> now);
            if (!now.isBefore(first.plus(patience)) && told.add(each)) {
                begun.add(each);
            }
        }
        return begun;
    }
}
