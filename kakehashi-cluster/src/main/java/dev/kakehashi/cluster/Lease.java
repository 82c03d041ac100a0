package dev.kakehashi.cluster;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Who holds something that one at a time may hold ({@code coordination.k8s.io/v1 Lease}).
 *
 * @param metadata the name is what is held
 * @param holder {@code spec.holderIdentity}; empty when it was given back
 * @param duration {@code spec.leaseDurationSeconds}: how long after the last renewal the holder may
 *     rely on it
 * @param acquired {@code spec.acquireTime}, by the holder's clock; {@link Instant#EPOCH} when
 *     unknown
 * @param renewed {@code spec.renewTime}, by the holder's clock; {@link Instant#EPOCH} when unknown
 * @param transitions {@code spec.leaseTransitions}: how often it went from one holder to another
 * @param origin the object as it was read
 */
public record Lease(
        Metadata metadata,
        String holder,
        Duration duration,
        Instant acquired,
        Instant renewed,
        int transitions,
        Tree origin)
        implements ClusterObject {
    /** Kubernetes keeps these times to the microsecond, and the duration to the second. */
    public Lease {
        duration = duration.truncatedTo(ChronoUnit.SECONDS);
        acquired = acquired.truncatedTo(ChronoUnit.MICROS);
        renewed = renewed.truncatedTo(ChronoUnit.MICROS);
    }

    /** A lease that nobody has held yet. */
    public static Lease named(String name) {
        return new Lease(
                Metadata.named(name),
                "",
                Duration.ofSeconds(1),
                Instant.EPOCH,
                Instant.EPOCH,
                0,
                Tree.empty());
    }

    /** The same, held by another from now on. */
    public Lease takenBy(String other, Duration forLong, Instant now) {
        int changes = other.equals(holder) || holder.isEmpty() ? transitions : transitions + 1;
        return new Lease(metadata, other, forLong, now, now, changes, origin);
    }

    /** The same, renewed by its holder. */
    public Lease renewedAt(Instant now) {
        return new Lease(metadata, holder, duration, acquired, now, transitions, origin);
    }

    /** The same, given back. */
    public Lease released(Instant now) {
        return new Lease(metadata, "", duration, acquired, now, transitions, origin);
    }
}
