package dev.kakehashi.store.etcd;

import dev.kakehashi.cluster.Lease;
import dev.kakehashi.cluster.store.HeldLease;
import dev.kakehashi.cluster.store.StoreException;

import io.etcd.jetcd.common.exception.ErrorCode;
import io.etcd.jetcd.common.exception.EtcdException;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** A lease of etcd that is kept alive. */
final class EtcdLease implements HeldLease {
    private static final System.Logger LOG = System.getLogger(EtcdLease.class.getName());

    /** Two attempts may fail before it is lost. */
    private static final int RENEWALS_PER_DURATION = 3;

    private final EtcdConnection connection;
    private final EtcdTransactions transactions;
    private final EtcdKeys<Lease> keys;
    private final String name;
    private final long id;
    private final long durationNanos;
    private final Runnable lost;
    private volatile long renewedNanos;
    private volatile boolean ended;
    private volatile Future<?> task = CompletableFuture.completedFuture("not started");

    EtcdLease(
            EtcdConnection connection,
            EtcdTransactions transactions,
            EtcdKeys<Lease> keys,
            String name,
            long id,
            Duration granted,
            long askedNanos,
            Runnable lost) {
        this.connection = connection;
        this.transactions = transactions;
        this.keys = keys;
        this.name = name;
        this.id = id;
        this.durationNanos = granted.toNanos();
        this.renewedNanos = askedNanos;
        this.lost = lost;
    }

    void renewOn(ScheduledExecutorService timer) {
        long pause = durationNanos / RENEWALS_PER_DURATION;
        try {
            task = timer.scheduleWithFixedDelay(this::renew, pause, pause, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            ended = true; // the store was closed: what nobody renews runs out
        }
    }

    private synchronized void renew() {
        if (ended) {
            return;
        }
        long asked = System.nanoTime();
        try {
            var _ =
                    connection.answer(
                            "renew the lease " + name,
                            connection.client().getLeaseClient().keepAliveOnce(id));
            boolean ours =
                    transactions.pair(keys, name).map(pair -> pair.getLease() == id).orElse(false);
            if (ours) {
                renewedNanos = asked;
            } else {
                end("somebody took or removed it");
                revoke();
            }
        } catch (StoreException e) {
            if (isNotFound(e) || !isHeld()) {
                end(e.getMessage());
            }
        }
    }

    private static boolean isNotFound(StoreException e) {
        return e.getCause() instanceof EtcdException etcd
                && etcd.getErrorCode() == ErrorCode.NOT_FOUND;
    }

    private void end(@org.jspecify.annotations.Nullable String reason) {
        ended = true;
        task.cancel(false);
        LOG.log(System.Logger.Level.WARNING, "lost the lease {0}: {1}", name, reason);
        lost.run();
    }

    private void revoke() {
        try {
            var _ =
                    connection.answer(
                            "give back the lease " + name,
                            connection.client().getLeaseClient().revoke(id));
        } catch (StoreException e) {
            LOG.log(System.Logger.Level.DEBUG, "the lease {0} runs out: {1}", name, e);
        }
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
        if (!ended) {
            ended = true;
            task.cancel(false);
            revoke();
        }
    }
}
