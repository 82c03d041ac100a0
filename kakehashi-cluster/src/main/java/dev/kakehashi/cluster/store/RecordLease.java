package dev.kakehashi.cluster.store;

import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.Lease;

import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** One lease that is held by renewing its object. */
final class RecordLease implements HeldLease {
    private static final System.Logger LOG = System.getLogger(RecordLease.class.getName());

    /** Two attempts may fail before it is lost. */
    private static final int RENEWALS_PER_DURATION = 3;

    private final Store store;
    private final Runnable lost;
    private final String name;
    private final long durationNanos;
    private Stored<Lease> current;
    private volatile long renewedNanos;
    private volatile boolean ended;
    private Future<?> task = CompletableFuture.completedFuture("not started");

    RecordLease(Store store, Stored<Lease> taken, long askedNanos, Runnable lost) {
        this.store = store;
        this.lost = lost;
        this.name = taken.object().name();
        this.durationNanos = taken.object().duration().toNanos();
        this.current = taken;
        this.renewedNanos = askedNanos;
    }

    /** The next renewal is due when this one is done, however long the store took. */
    synchronized void renewOn(ScheduledExecutorService executor) {
        long pause = durationNanos / RENEWALS_PER_DURATION;
        try {
            task = executor.scheduleWithFixedDelay(this::renew, pause, pause, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            ended = true; // the store was closed: what nobody renews runs out
        }
    }

    private synchronized void renew() {
        if (ended) {
            task.cancel(false);
            return;
        }
        long asked = System.nanoTime();
        try {
            current =
                    store.replace(
                            Kind.LEASE,
                            current.object().renewedAt(Instant.now()),
                            current.version());
            renewedNanos = asked;
        } catch (ConflictException e) {
            end(e);
        } catch (StoreException e) {
            if (!isHeld()) {
                end(e);
            }
        }
    }

    private void end(StoreException reason) {
        ended = true;
        task.cancel(false);
        LOG.log(System.Logger.Level.WARNING, "lost the lease " + name + ": " + reason.getMessage());
        lost.run();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean isHeld() {
        return !ended && System.nanoTime() - renewedNanos < durationNanos;
    }

    @Override
    public synchronized void close() {
        if (ended) {
            return;
        }
        ended = true;
        task.cancel(false);
        try {
            store.replace(Kind.LEASE, current.object().released(Instant.now()), current.version());
        } catch (StoreException e) {
            LOG.log(
                    System.Logger.Level.DEBUG,
                    "could not give back the lease " + name + ", it runs out",
                    e);
        }
    }
}
