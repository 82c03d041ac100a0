package dev.kakehashi.store.etcd;

import dev.kakehashi.cluster.store.ConflictException;
import dev.kakehashi.cluster.store.KeySpace;
import dev.kakehashi.cluster.store.StoreException;
import dev.kakehashi.cluster.store.Watch;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.PutOption;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** Keys that another program has in etcd v3. A lifetime is a lease of etcd's, one for each key. */
final class EtcdKeySpace implements KeySpace {
    private static final System.Logger LOG = System.getLogger(EtcdKeySpace.class.getName());

    private final EtcdConnection connection;
    private final String prefix;
    private final Set<EtcdKeyWatch> watches = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("etcd keys").factory());

    private EtcdKeySpace(EtcdConnection connection, String prefix) {
        this.connection = connection;
        this.prefix = prefix;
    }

    static EtcdKeySpace open(EtcdOptions options) throws StoreException {
        return new EtcdKeySpace(EtcdConnection.open(options), options.prefix());
    }

    @Override
    public String prefix() {
        return prefix;
    }

    @Override
    public Optional<Entry> find(String key) throws StoreException {
        return read("read " + key, key, GetOption.DEFAULT).stream().findFirst();
    }

    @Override
    public List<Entry> list(String first) throws StoreException {
        return read("list " + first, first, GetOption.builder().isPrefix(true).build());
    }

    private List<Entry> read(String what, String key, GetOption option) throws StoreException {
        return connection
                .answer(
                        what,
                        connection.client().getKVClient().get(EtcdConnection.bytes(key), option))
                .getKvs()
                .stream()
                .map(EtcdKeySpace::entry)
                .toList();
    }

    private static Entry entry(KeyValue pair) {
        return new Entry(
                pair.getKey().toString(StandardCharsets.UTF_8),
                pair.getValue().toString(StandardCharsets.UTF_8),
                pair.getModRevision(),
                pair.getLease() != 0);
    }

    @Override
    public void put(String key, String value, long expected, Duration lifetime)
            throws StoreException {
        if (lifetime.isZero()) {
            change(key, expected, Op.put(bytes(key), bytes(value), PutOption.DEFAULT));
            return;
        }
        long lease =
                connection
                        .answer(
                                "grant a lease for " + key,
                                connection.client().getLeaseClient().grant(lifetime.toSeconds()))
                        .getID();
        boolean written = false;
        try {
            PutOption option = PutOption.builder().withLeaseId(lease).build();
            change(key, expected, Op.put(bytes(key), bytes(value), option));
            written = true;
        } finally {
            if (!written) {
                revoke(key, lease);
            }
        }
    }

    private void revoke(String key, long lease) {
        try {
            var _ =
                    connection.answer(
                            "give back the lease of " + key,
                            connection.client().getLeaseClient().revoke(lease));
        } catch (StoreException e) {
            LOG.log(System.Logger.Level.DEBUG, "the lease of {0} runs out: {1}", key, e);
        }
    }

    @Override
    public void remove(String key, long expected) throws StoreException {
        change(key, expected, Op.delete(bytes(key), DeleteOption.DEFAULT));
    }

    private void change(String key, long expected, Op change) throws StoreException {
        Cmp unchanged = new Cmp(bytes(key), Cmp.Op.EQUAL, CmpTarget.modRevision(expected));
        boolean done =
                connection
                        .answer(
                                "write " + key,
                                connection
                                        .client()
                                        .getKVClient()
                                        .txn()
                                        .If(unchanged)
                                        .Then(change)
                                        .commit())
                        .isSucceeded();
        if (!done) {
            throw new ConflictException(
                    connection
                            + ": "
                            + key
                            + (expected == ABSENT
                                    ? " exists already"
                                    : " is gone or was written by somebody else"));
        }
    }

    @Override
    public Watch watch(String first, Runnable changed) {
        EtcdKeyWatch watch = new EtcdKeyWatch(connection, bytes(first), changed, timer, watches);
        watches.add(watch);
        watch.start();
        return watch;
    }

    private static ByteSequence bytes(String text) {
        return EtcdConnection.bytes(text);
    }

    @Override
    public void close() {
        List.copyOf(watches).forEach(EtcdKeyWatch::close);
        timer.shutdownNow();
        connection.close();
    }

    @Override
    public String toString() {
        return connection.toString();
    }
}
