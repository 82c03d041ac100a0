package dev.kakehashi.agent.status;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How the node follows what is wanted of it.
 *
 * @param alive whether the thread that does it runs
 * @param busy for how long it has been at one turn now; zero between turns
 * @param first when everything was as wanted for the first time
 * @param last when it was so last
 * @param runs how often it was made so
 * @param failures how often it failed, by reason
 * @param reason why it fails now, a word for programs; empty when it does not
 * @param message the same for people
 */
public record Convergence(
        boolean alive,
        Duration busy,
        Optional<Instant> first,
        Optional<Instant> last,
        long runs,
        Map<String, Long> failures,
        String reason,
        String message) {
    /** Copies the map. */
    public Convergence {
        failures = new TreeMap<>(failures);
    }

    /** Whether something keeps the node from being as wanted. */
    public boolean fails() {
        return !reason.isEmpty();
    }
}
