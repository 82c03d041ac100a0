package dev.kakehashi.cluster.store;

import dev.kakehashi.cluster.ClusterObject;
import dev.kakehashi.cluster.Kind;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * All objects of a kind, followed by a watch and kept through the loss of it: what readers see is
 * the last good state. Thread-safe.
 *
 * @param <T> the type of the objects
 */
public final class Mirror<T extends ClusterObject> implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Mirror.class.getName());
    private static final long RETRY_MILLIS = 1000;

    private final Store store;
    private final Kind<T> kind;
    private final Consumer<StoreEvent<T>> listener;
    private final Map<String, Stored<T>> objects = new TreeMap<>();
    private final Map<String, Rejected> rejected = new TreeMap<>();
    private @Nullable List<Stored<T>> snapshot;
    private @Nullable Watch watch;
    private boolean closed;
    private boolean listed;
    private String lastFailure = "";

    private Mirror(Store store, Kind<T> kind, Consumer<StoreEvent<T>> listener) {
        this.store = store;
        this.kind = kind;
        this.listener = listener;
    }

    /**
     * Lists a kind and follows it.
     *
     * @param listener told of every change that came after, when it is visible in the mirror; must
     *     return soon
     * @throws StoreException when the first listing fails
     */
    public static <T extends ClusterObject> Mirror<T> open(
            Store store, Kind<T> kind, Consumer<StoreEvent<T>> listener) throws StoreException {
        Mirror<T> mirror = new Mirror<>(store, kind, listener);
        mirror.resynchronise();
        return mirror;
    }

    /**
     * Follows a kind, also from a store that does not answer yet: the first listing is tried again
     * in the background until it succeeds.
     *
     * @param listener as of {@link #open}
     */
    public static <T extends ClusterObject> Mirror<T> start(
            Store store, Kind<T> kind, Consumer<StoreEvent<T>> listener) {
        Mirror<T> mirror = new Mirror<>(store, kind, listener);
        try {
            mirror.resynchronise();
        } catch (StoreException e) {
            mirror.logFailure(e);
            mirror.resynchroniseInBackground();
        }
        return mirror;
    }

    /**
     * The same, without waiting for the answer to the first listing.
     *
     * @param listener as of {@link #open}
     */
    public static <T extends ClusterObject> Mirror<T> startInBackground(
            Store store, Kind<T> kind, Consumer<StoreEvent<T>> listener) {
        Mirror<T> mirror = new Mirror<>(store, kind, listener);
        mirror.resynchroniseInBackground();
        return mirror;
    }

    /**
     * Whether it has been listed once: before that, its emptiness means nothing. Stays true when
     * the store is lost.
     */
    public synchronized boolean isListed() {
        return listed;
    }

    /**
     * The objects by name; for one that is rejected now, its last good state. The same list as long
     * as nothing changes.
     */
    public synchronized List<Stored<T>> objects() {
        List<Stored<T>> current = snapshot;
        if (current == null) {
            current = List.copyOf(objects.values());
            snapshot = current;
        }
        return current;
    }

    /** One object. */
    public synchronized Optional<Stored<T>> find(String name) {
        return Optional.ofNullable(objects.get(name));
    }

    /** What cannot be used as it is written now. */
    public synchronized List<Rejected> rejected() {
        return List.copyOf(rejected.values());
    }

    private void follow(StoreEvent<T> event) {
        if (event instanceof StoreEvent.Lost<T> lost) {
            LOG.log(
                    System.Logger.Level.INFO,
                    "listing {0} again: {1}",
                    kind.plural(),
                    lost.reason());
            resynchroniseInBackground();
            return;
        }
        apply(event);
        listener.accept(event);
    }

    private synchronized void apply(StoreEvent<T> event) {
        snapshot = null;
        switch (event) {
            case StoreEvent.Put<T>(var stored) -> {
                objects.put(stored.object().name(), stored);
                rejected.remove(stored.object().name());
            }
            case StoreEvent.Removed<T>(var name) -> {
                objects.remove(name);
                rejected.remove(name);
            }
            case StoreEvent.Broken<T>(var broken) -> rejected.put(broken.name(), broken);
            case StoreEvent.Lost<T> lost -> {}
        }
    }

    private void resynchroniseInBackground() {
        Thread.ofPlatform()
                .daemon()
                .name("resync " + kind.plural())
                .start(this::resynchroniseUntilDone);
    }

    private void resynchroniseUntilDone() {
        while (true) {
            try {
                resynchronise();
                return;
            } catch (StoreException e) {
                logFailure(e);
            }
            synchronized (this) {
                if (closed) {
                    return;
                }
            }
            try {
                TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** The same failure is told once, not at every attempt. */
    private synchronized void logFailure(StoreException e) {
        String failure = String.valueOf(e.getMessage());
        if (!failure.equals(lastFailure) && !closed) {
            LOG.log(System.Logger.Level.WARNING, failure + "; trying again");
        }
        lastFailure = failure;
    }

    /** Waits for the store outside of the monitor: readers of the last good state do not. */
    private void resynchronise() throws StoreException {
        Listing<T> listing = store.list(kind);
        List<StoreEvent<T>> changes;
        synchronized (this) {
            if (closed) {
                return;
            }
            changes = differences(listing);
            changes.forEach(this::apply);
            listed = true;
            lastFailure = "";
        }
        changes.forEach(listener);
        Watch started = store.watch(kind, listing.revision(), this::follow);
        synchronized (this) {
            if (!closed) {
                watch = started;
                return;
            }
        }
        started.close();
    }

    private List<StoreEvent<T>> differences(Listing<T> listing) {
        List<StoreEvent<T>> changes = new ArrayList<>();
        Set<String> present = new HashSet<>();
        for (Stored<T> stored : listing.objects()) {
            present.add(stored.object().name());
            Stored<T> known = objects.get(stored.object().name());
            if (known == null || !known.version().equals(stored.version())) {
                changes.add(new StoreEvent.Put<>(stored));
            }
        }
        for (Rejected broken : listing.rejected()) {
            present.add(broken.name());
            changes.add(new StoreEvent.Broken<>(broken));
        }
        for (String name : objects.keySet()) {
            if (!present.contains(name)) {
                changes.add(new StoreEvent.Removed<>(name));
            }
        }
        return changes;
    }

    @Override
    public void close() {
        Watch last;
        synchronized (this) {
            closed = true;
            last = watch;
        }
        if (last != null) {
            last.close(); // outside the monitor: a report under way may need it
        }
    }
}
