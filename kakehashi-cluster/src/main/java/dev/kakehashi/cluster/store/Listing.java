package dev.kakehashi.cluster.store;

import dev.kakehashi.cluster.ClusterObject;

import java.util.List;

/**
 * The objects of a kind at one moment.
 *
 * @param objects usable objects by name; for one that is rejected now, its last good state if the
 *     store knows it
 * @param rejected objects that cannot be used as they are written
 * @param revision the moment, from which a watch sees all that follows
 * @param <T> the type of the objects
 */
public record Listing<T extends ClusterObject>(
        List<Stored<T>> objects, List<Rejected> rejected, Revision revision) {
    /** Copies the lists. */
    public Listing {
        objects = List.copyOf(objects);
        rejected = List.copyOf(rejected);
    }
}
