package dev.kakehashi.cluster.store;

import dev.kakehashi.cluster.ClusterObject;

/**
 * Something that happened to a kind's objects.
 *
 * @param <T> the type of the objects
 */
public sealed interface StoreEvent<T extends ClusterObject> {
    /**
     * An object is new or changed, or usable again.
     *
     * @param stored the object
     * @param <T> its type
     */
    record Put<T extends ClusterObject>(Stored<T> stored) implements StoreEvent<T> {}

    /**
     * An object is gone.
     *
     * @param name its name
     * @param <T> its type
     */
    record Removed<T extends ClusterObject>(String name) implements StoreEvent<T> {}

    /**
     * An object became unusable; its last good state stays in force.
     *
     * @param rejected which and why
     * @param <T> its type
     */
    record Broken<T extends ClusterObject>(Rejected rejected) implements StoreEvent<T> {}

    /**
     * The watch has ended because changes were missed: list again.
     *
     * @param reason why
     * @param <T> the type of the objects
     */
    record Lost<T extends ClusterObject>(String reason) implements StoreEvent<T> {}
}
