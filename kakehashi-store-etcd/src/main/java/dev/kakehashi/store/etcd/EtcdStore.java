package dev.kakehashi.store.etcd;

import dev.kakehashi.cluster.ClusterObject;
import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.store.HeldLease;
import dev.kakehashi.cluster.store.Listing;
import dev.kakehashi.cluster.store.ObjectValue;
import dev.kakehashi.cluster.store.Revision;
import dev.kakehashi.cluster.store.RevisionGoneException;
import dev.kakehashi.cluster.store.Store;
import dev.kakehashi.cluster.store.StoreEvent;
import dev.kakehashi.cluster.store.StoreException;
import dev.kakehashi.cluster.store.StoreStatus;
import dev.kakehashi.cluster.store.Stored;
import dev.kakehashi.cluster.store.Version;
import dev.kakehashi.cluster.store.Watch;

import io.etcd.jetcd.options.GetOption;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A store in etcd v3: one key for each object, {@code PREFIX/nodes/NAME}, its value JSON. An
 * object's version is its key's {@code mod_revision}, the revision of a listing is etcd's own (etcd
 * API, "Data model"). Compare-and-set is one transaction; what it answered in vain, because the
 * connection broke, may or may not have happened.
 *
 * <p>A watch goes on from the last change it has told when a connection breaks or a server goes
 * away, however long that takes, unless etcd has compacted its history meanwhile: then it says that
 * it is lost, and who follows lists again and finds the differences.
 */
final class EtcdStore implements Store {
    /** Also what {@link #status()} rests on when nothing changes. */
    private static final long HEARTBEAT_SECONDS = 5;

    private static final System.Logger LOG = System.getLogger(EtcdStore.class.getName());

    private final EtcdOptions options;
    private final EtcdConnection connection;
    private final EtcdTransactions transactions;
    private final EtcdLeases leases;
    private final Set<EtcdWatch<?>> watches = ConcurrentHashMap.newKeySet();

    /** Tells watchers, one event at a time. */
    private final ExecutorService tells;

    /** Heartbeat, renewals, and watches that begin anew. */
    private final ScheduledExecutorService timer;

    /** Of the heartbeat's thread only: what changes is said once. */
    private boolean unreachable;

    private EtcdStore(EtcdOptions options, EtcdConnection connection) {
        this.options = options;
        this.connection = connection;
        this.transactions = new EtcdTransactions(connection);
        this.tells =
                Executors.newSingleThreadExecutor(
                        Thread.ofPlatform().daemon().name("etcd watches").factory());
        this.timer =
                Executors.newScheduledThreadPool(
                        2, Thread.ofPlatform().daemon().name("etcd timer ", 0).factory());
        this.leases = new EtcdLeases(connection, transactions, keys(Kind.LEASE), timer);
        Future<?> _ =
                timer.scheduleWithFixedDelay(
                        this::heartbeat, HEARTBEAT_SECONDS, HEARTBEAT_SECONDS, TimeUnit.SECONDS);
    }

    static EtcdStore open(EtcdOptions options) throws StoreException {
        return new EtcdStore(options, EtcdConnection.open(options));
    }

    @Override
    public <T extends ClusterObject> Listing<T> list(Kind<T> kind) throws StoreException {
        return new EtcdListing<>(connection, keys(kind)).read();
    }

    @Override
    public <T extends ClusterObject> Optional<Stored<T>> find(Kind<T> kind, String name)
            throws StoreException {
        ObjectValue.checkName(kind, name);
        return transactions.find(keys(kind), name);
    }

    @Override
    public <T extends ClusterObject> Stored<T> create(Kind<T> kind, T object)
            throws StoreException {
        ObjectValue.checkName(kind, object.name());
        return transactions.create(keys(kind), object);
    }

    @Override
    public <T extends ClusterObject> Stored<T> replace(Kind<T> kind, T object, Version expected)
            throws StoreException {
        ObjectValue.checkName(kind, object.name());
        return transactions.replace(keys(kind), object, expected);
    }

    @Override
    public <T extends ClusterObject> void remove(Kind<T> kind, String name, Version expected)
            throws StoreException {
        ObjectValue.checkName(kind, name);
        transactions.remove(keys(kind), name, expected);
    }

    @Override
    public <T extends ClusterObject> Watch watch(
            Kind<T> kind, Revision from, Consumer<StoreEvent<T>> watcher) throws StoreException {
        long revision;
        try {
            revision = Long.parseLong(from.value());
        } catch (NumberFormatException e) {
            throw new RevisionGoneException("'" + from + "' is no revision of etcd: list again");
        }
        EtcdWatch<T> watch =
                new EtcdWatch<>(connection, keys(kind), revision, watcher, tells, timer, watches);
        watches.add(watch);
        watch.start();
        return watch;
    }

    @Override
    public Optional<HeldLease> tryHold(String name, String holder, Duration duration, Runnable lost)
            throws StoreException {
        ObjectValue.checkName(Kind.LEASE, name);
        return leases.tryHold(name, holder, duration, lost);
    }

    @Override
    public StoreStatus status() {
        return connection.status();
    }

    private void heartbeat() {
        GetOption count = GetOption.builder().withCountOnly(true).build();
        try {
            var _ =
                    connection.answer(
                            "reach it",
                            connection
                                    .client()
                                    .getKVClient()
                                    .get(EtcdConnection.bytes(options.prefix()), count));
            if (unreachable) {
                LOG.log(System.Logger.Level.INFO, connection + " answers again");
            }
            unreachable = false;
        } catch (StoreException e) {
            if (!unreachable) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        e.getMessage() + "; the last known state stays in force");
            }
            unreachable = true;
            connection.retryNow();
        }
    }

    private <T extends ClusterObject> EtcdKeys<T> keys(Kind<T> kind) {
        return new EtcdKeys<>(kind, options.prefix() + "/" + kind.plural() + "/");
    }

    @Override
    public void close() {
        List.copyOf(watches).forEach(EtcdWatch::close);
        timer.shutdownNow();
        tells.shutdown();
        connection.close();
    }

    @Override
    public String toString() {
        return connection.toString();
    }
}
