package dev.kakehashi.cluster.store;

import dev.kakehashi.cluster.ClusterObject;
import dev.kakehashi.cluster.Kind;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Where the objects of a cluster are kept: a set of named objects of each kind, changed by
 * compare-and-set, watched from a revision. A store is safe for use by several threads, and its
 * content is shared with other processes.
 *
 * <p>An object that someone made unusable (a broken file, a value of another version) is
 * <em>rejected</em>: listings and events name it with the reason, and who holds its last good state
 * goes on with that.
 */
public interface Store extends AutoCloseable {
    /** How often {@link #update} tries again when somebody else was faster. */
    int UPDATE_ATTEMPTS = 100;

    /**
     * All objects of a kind, as of one moment after the call began.
     *
     * @throws StoreException when the store cannot be read
     */
    <T extends ClusterObject> Listing<T> list(Kind<T> kind) throws StoreException;

    /**
     * One object as it is now; empty when there is none.
     *
     * @throws StoreException when the store cannot be read, or the object is rejected
     */
    <T extends ClusterObject> Optional<Stored<T>> find(Kind<T> kind, String name)
            throws StoreException;

    /**
     * Adds an object.
     *
     * @throws ConflictException when one of this name exists, also a rejected one
     */
    <T extends ClusterObject> Stored<T> create(Kind<T> kind, T object) throws StoreException;

    /**
     * Replaces an object whose version is still {@code expected}.
     *
     * @throws ConflictException when it has another version by now, is rejected or is gone
     */
    <T extends ClusterObject> Stored<T> replace(Kind<T> kind, T object, Version expected)
            throws StoreException;

    /**
     * Removes an object whose version is still {@code expected}.
     *
     * @throws ConflictException when it has another version by now or is gone
     */
    <T extends ClusterObject> void remove(Kind<T> kind, String name, Version expected)
            throws StoreException;

    /**
     * Reports every change after {@code from}, in order and one at a time, on a thread of the
     * store; the watcher must return soon. Successive changes of one object may be reported as one.
     *
     * @throws RevisionGoneException when the store no longer knows what happened since: list again
     */
    <T extends ClusterObject> Watch watch(
            Kind<T> kind, Revision from, Consumer<StoreEvent<T>> watcher) throws StoreException;

    /**
     * Changes an object whatever its version: reads it, applies {@code change} and replaces it,
     * again and again while others are faster. Writes nothing when {@code change} returns an equal
     * object.
     *
     * @return the object as it is then; empty when there is none of this name
     */
    default <T extends ClusterObject> Optional<Stored<T>> update(
            Kind<T> kind, String name, UnaryOperator<T> change) throws StoreException {
        for (int attempt = 1; ; attempt++) {
            Optional<Stored<T>> current = find(kind, name);
            if (current.isEmpty()) {
                return Optional.empty();
            }
            T changed = change.apply(current.get().object());
            if (changed.equals(current.get().object())) {
                return current;
            }
            try {
                return Optional.of(replace(kind, changed, current.get().version()));
            } catch (ConflictException e) {
                if (attempt == UPDATE_ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    /**
     * Takes what one at a time may hold, or does nothing when another holds it. The store renews it
     * until it is closed; a holder who is not heard of for {@code duration} has lost it, and the
     * next one to ask gets it. Asking again under the same name of the holder succeeds: that is one
     * who was started anew.
     *
     * @param name what is held; an object's name ({@link dev.kakehashi.cluster.ObjectName})
     * @param holder who holds it, unique among all who ask
     * @param duration whole seconds; a store may make it longer
     * @param lost told once, on a thread of the store, when it was lost without being closed; may
     *     be late, so that whoever acts on the strength of it asks {@link HeldLease#isHeld()}
     * @return the lease; empty when another holds it
     * @throws StoreException when the store cannot be asked
     */
    Optional<HeldLease> tryHold(String name, String holder, Duration duration, Runnable lost)
            throws StoreException;

    /**
     * Whether Nodes are made, given their subnets and removed by others, as in Kubernetes by the
     * kubelet and the controller manager: a node then waits for them instead of taking them.
     */
    default boolean assignsSubnets() {
        return false;
    }

    /**
     * Whether pods are in namespaces that the store knows ({@code Kind.NAMESPACE}), as in
     * Kubernetes.
     */
    default boolean hasNamespaces() {
        return false;
    }

    /**
     * Whether the store itself refuses to change a Network's {@code ipam.type}, as Kubernetes' API
     * server does by a rule of the definition: nodes then need not guard it.
     */
    default boolean keepsIpamType() {
        return false;
    }

    /**
     * Whether the status of an object is written apart from what people write of it, as in
     * Kubernetes: elsewhere a file that a person keeps is not rewritten to say that all is well.
     */
    default boolean keepsStatusApart() {
        return false;
    }

    /**
     * Tells people of something where they look for it: in Kubernetes an Event about the object. A
     * store that has no such place does nothing.
     *
     * @throws StoreException when the store does not take it
     */
    default void tell(Notice notice) throws StoreException {}

    /** How the store stands, as far as it is known without asking it; never blocks. */
    StoreStatus status();

    /** Ends all watches, and lets go of the leases that were not closed: they run out. */
    @Override
    void close();
}
