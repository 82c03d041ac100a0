package dev.kakehashi.cluster.store;

import dev.kakehashi.cluster.ClusterObject;
import dev.kakehashi.cluster.Problem;

import java.util.List;

/**
 * An object in a store.
 *
 * @param object the object
 * @param version its version, for compare-and-set
 * @param warnings what of it has no effect
 * @param <T> its type
 */
public record Stored<T extends ClusterObject>(T object, Version version, List<Problem> warnings) {
    /** Copies the warnings. */
    public Stored {
        warnings = List.copyOf(warnings);
    }
}
