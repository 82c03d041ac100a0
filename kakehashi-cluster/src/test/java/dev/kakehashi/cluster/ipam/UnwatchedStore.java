package dev.kakehashi.cluster.ipam;

import dev.kakehashi.cluster.ClusterObject;
import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.store.HeldLease;
import dev.kakehashi.cluster.store.Revision;
import dev.kakehashi.cluster.store.Store;
import dev.kakehashi.cluster.store.StoreEvent;
import dev.kakehashi.cluster.store.StoreStatus;
import dev.kakehashi.cluster.store.Watch;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/** A store as far as who keeps addresses needs it: without watches and leases. */
interface UnwatchedStore extends Store {
    @Override
    default <T extends ClusterObject> Watch watch(
            Kind<T> kind, Revision from, Consumer<StoreEvent<T>> watcher) {
        throw new UnsupportedOperationException();
    }

    @Override
    default Optional<HeldLease> tryHold(
            String name, String holder, Duration duration, Runnable lost) {
        throw new UnsupportedOperationException();
    }

    @Override
    default StoreStatus status() {
        throw new UnsupportedOperationException();
    }

    @Override
    default void close() {}
}
