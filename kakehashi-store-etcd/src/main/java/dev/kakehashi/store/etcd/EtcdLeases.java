package dev.kakehashi.store.etcd;

import dev.kakehashi.cluster.InvalidObjectException;
import dev.kakehashi.cluster.Lease;
import dev.kakehashi.cluster.store.ConflictException;
import dev.kakehashi.cluster.store.HeldLease;
import dev.kakehashi.cluster.store.StoreException;

import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.lease.LeaseGrantResponse;
import io.etcd.jetcd.options.PutOption;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;

/**
 * Leases of etcd's own: the Lease object's key is bound to one, and goes when nobody keeps that
 * alive. etcd counts the time, so that no clocks are compared.
 */
final class EtcdLeases {
    private final EtcdConnection connection;
    private final EtcdTransactions transactions;
    private final EtcdKeys<Lease> keys;
    private final ScheduledExecutorService timer;

    EtcdLeases(
            EtcdConnection connection,
            EtcdTransactions transactions,
            EtcdKeys<Lease> keys,
            ScheduledExecutorService timer) {
        this.connection = connection;
        this.transactions = transactions;
        this.keys = keys;
        this.timer = timer;
    }

    Optional<HeldLease> tryHold(String name, String holder, Duration duration, Runnable lost)
            throws StoreException {
        if (duration.toSeconds() < 1 || holder.isEmpty()) {
            throw new IllegalArgumentException(
                    "a lease has a holder and lasts a second or more, not " + duration);
        }
        Optional<KeyValue> current = transactions.pair(keys, name);
        if (current.isPresent() && !isFree(name, current.get(), holder)) {
            return Optional.empty();
        }
        long asked = System.nanoTime();
        LeaseGrantResponse granted =
                connection.answer(
                        "grant a lease for " + name,
                        connection.client().getLeaseClient().grant(duration.toSeconds()));
        EtcdLease held =
                new EtcdLease(
                        connection,
                        transactions,
                        keys,
                        name,
                        granted.getID(),
                        Duration.ofSeconds(granted.getTTL()),
                        asked,
                        lost);
        Lease taken =
                Lease.named(name)
                        .takenBy(holder, Duration.ofSeconds(granted.getTTL()), Instant.now());
        try {
            var _ =
                    transactions.put(
                            keys,
                            taken,
                            current.map(KeyValue::getModRevision).orElse(0L),
                            PutOption.builder().withLeaseId(granted.getID()).build());
        } catch (ConflictException e) {
            held.close();
            return Optional.empty();
        } catch (StoreException e) {
            held.close();
            throw e;
        }
        held.renewOn(timer);
        return Optional.of(held);
    }

    /** A key that is bound to no lease of etcd was put there by hand and would never go. */
    private boolean isFree(String name, KeyValue current, String holder) {
        if (current.getLease() == 0) {
            return true;
        }
        try {
            return keys.decode(name, current).object().holder().equals(holder);
        } catch (InvalidObjectException e) {
            return false;
        }
    }
}
