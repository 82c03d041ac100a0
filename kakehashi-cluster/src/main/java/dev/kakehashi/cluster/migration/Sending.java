package dev.kakehashi.cluster.migration;

import dev.kakehashi.cluster.carrier.Way;

import java.util.Optional;

/**
 * By what a node sends to another.
 *
 * @param now the carrier in use
 * @param next the carrier it is turning to: packets may go by either
 */
public record Sending(Way now, Optional<Way> next) {
    /** By one carrier, and no other. */
    public static Sending by(Way carrier) {
        return new Sending(carrier, Optional.empty());
    }

    Sending turningTo(Way other) {
        return new Sending(now, Optional.of(other));
    }

    /** Whether packets may go by a carrier. */
    public boolean mayBe(Way carrier) {
        return now == carrier || next.filter(carrier::equals).isPresent();
    }
}
