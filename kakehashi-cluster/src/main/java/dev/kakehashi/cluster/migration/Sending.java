package dev.kakehashi.cluster.migration;

import dev.kakehashi.cluster.CarrierName;

import java.util.Optional;

/**
 * By what a node sends to another.
 *
 * @param now the carrier in use
 * @param next the carrier it is turning to: packets may go by either
 */
public record Sending(CarrierName now, Optional<CarrierName> next) {
    /** By one carrier, and no other. */
    public static Sending by(CarrierName carrier) {
        return new Sending(carrier, Optional.empty());
    }

    Sending turningTo(CarrierName other) {
        return new Sending(now, Optional.of(other));
    }

    /** Whether packets may go by a carrier. */
    public boolean mayBe(CarrierName carrier) {
        return now == carrier || next.filter(carrier::equals).isPresent();
    }
}
