package dev.kakehashi.cluster.store;

import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.Lease;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/**
 * Leases for stores that have none of their own: Lease objects, changed by compare-and-set, as
 * client-go's {@code leaderelection} uses them.
 *
 * <p>Clocks of different hosts are never compared. Who wants a lease that another holds watches it
 * for its whole duration by his own monotonic clock; if it was not renewed meanwhile, it is free.
 */
public final class RecordLeases implements AutoCloseable {
    private record Seen(Version version, long nanos) {}

    private final Store store;
    private final Map<String, Seen> seen = new HashMap<>();
    private @Nullable ScheduledExecutorService renewals;
    private boolean closed;

    /** Leases of {@code store}, kept by {@link #close()} no longer. */
    public RecordLeases(Store store) {
        this.store = store;
    }

    /** As {@link Store#tryHold}. */
    public Optional<HeldLease> tryHold(String name, String holder, Duration duration, Runnable lost)
            throws StoreException {
        if (duration.toSeconds() < 1 || holder.isEmpty()) {
            throw new IllegalArgumentException(
                    "a lease has a holder and lasts a second or more, not " + duration);
        }
        long asked = System.nanoTime();
        Optional<Stored<Lease>> current = store.find(Kind.LEASE, name);
        if (current.isPresent() && !isFree(name, current.get(), holder)) {
            return Optional.empty();
        }
        Lease taken =
                current.map(Stored::object)
                        .orElse(Lease.named(name))
                        .takenBy(holder, duration, Instant.now());
        try {
            Stored<Lease> stored =
                    current.isPresent()
                            ? store.replace(Kind.LEASE, taken, current.get().version())
                            : store.create(Kind.LEASE, taken);
            RecordLease held = new RecordLease(store, stored, asked, lost);
            held.renewOn(renewals());
            return Optional.of(held);
        } catch (ConflictException e) {
            return Optional.empty();
        }
    }

    private synchronized boolean isFree(String name, Stored<Lease> current, String holder) {
        Lease lease = current.object();
        if (lease.holder().isEmpty() || lease.holder().equals(holder)) {
            return true;
        }
        long now = System.nanoTime();
        Seen before = seen.get(name);
        if (before == null || !before.version().equals(current.version())) {
            seen.put(name, new Seen(current.version(), now));
            return false;
        }
        return now - before.nanos() > lease.duration().toNanos();
    }

    private synchronized ScheduledExecutorService renewals() throws StoreException {
        if (closed) {
            throw new StoreException("the store is closed");
        }
        if (renewals == null) {
            renewals =
                    Executors.newSingleThreadScheduledExecutor(
                            Thread.ofPlatform().daemon().name("leases of " + store).factory());
        }
        return renewals;
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (renewals != null) {
            renewals.shutdownNow();
        }
    }
}
