package dev.kakehashi.cluster.store;

import dev.kakehashi.cluster.ClusterObject;
import dev.kakehashi.cluster.Kind;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A store in a directory: one YAML file for each object, {@code nodes/NAME.yaml}, {@code
 * networks/NAME.yaml}. For one host, the lab and tests; several processes may use it at once, also
 * through bind mounts in other mount namespaces.
 *
 * <p>Files may be edited by hand at any time. An object's version is a hash of its file. Writers
 * take {@code flock(2)} on {@code .lock}, compare the hash, and replace the file by {@code
 * rename(2)}; comments and fields that this version does not know stay. Files whose names begin
 * with a dot or do not end in {@code .yaml} are left alone.
 */
public final class DirectoryStore implements Store {
    private final Path root;
    private final StoreLock lock;
    private final Map<Kind<?>, KindDirectory<?>> kinds;
    private final DirectoryWatcher watcher;
    private final RecordLeases leases;

    private DirectoryStore(
            Path root, StoreLock lock, List<KindDirectory<?>> kinds, DirectoryWatcher watcher) {
        this.root = root;
        this.lock = lock;
        this.kinds = new HashMap<>();
        kinds.forEach(kind -> this.kinds.put(kind.kind(), kind));
        this.watcher = watcher;
        this.leases = new RecordLeases(this);
    }

    /**
     * Opens the store in {@code root}, making the directories that do not exist.
     *
     * @throws StoreException when they cannot be made
     */
    public static DirectoryStore open(Path root) throws StoreException {
        Path absolute = root.toAbsolutePath().normalize();
        List<KindDirectory<?>> kinds = new ArrayList<>();
        Kind.ALL.forEach(kind -> kinds.add(new KindDirectory<>(kind, absolute)));
        try {
            for (KindDirectory<?> kind : kinds) {
                Files.createDirectories(kind.directory());
            }
            return new DirectoryStore(
                    absolute,
                    new StoreLock(absolute.resolve(".lock")),
                    kinds,
                    DirectoryWatcher.start(absolute, kinds));
        } catch (IOException e) {
            throw new StoreException(
                    "cannot open the store in " + absolute + ": " + IoReason.of(e), e);
        }
    }

    @Override
    public <T extends ClusterObject> Listing<T> list(Kind<T> kind) throws StoreException {
        return in(kind).list();
    }

    @Override
    public <T extends ClusterObject> Optional<Stored<T>> find(Kind<T> kind, String name)
            throws StoreException {
        ObjectValue.checkName(kind, name);
        return in(kind).find(name);
    }

    @Override
    public <T extends ClusterObject> Stored<T> create(Kind<T> kind, T object)
            throws StoreException {
        ObjectValue.checkName(kind, object.name());
        try (StoreLock.Held held = lock.acquire()) {
            return in(kind).create(object, held);
        }
    }

    @Override
    public <T extends ClusterObject> Stored<T> replace(Kind<T> kind, T object, Version expected)
            throws StoreException {
        ObjectValue.checkName(kind, object.name());
        try (StoreLock.Held held = lock.acquire()) {
            return in(kind).replace(object, expected, held);
        }
    }

    @Override
    public <T extends ClusterObject> void remove(Kind<T> kind, String name, Version expected)
            throws StoreException {
        ObjectValue.checkName(kind, name);
        try (StoreLock.Held held = lock.acquire()) {
            in(kind).remove(name, expected, held);
        }
    }

    @Override
    public <T extends ClusterObject> Watch watch(
            Kind<T> kind, Revision from, Consumer<StoreEvent<T>> consumer) throws StoreException {
        return in(kind).watch(from, consumer);
    }

    @Override
    public Optional<HeldLease> tryHold(String name, String holder, Duration duration, Runnable lost)
            throws StoreException {
        return leases.tryHold(name, holder, duration, lost);
    }

    @Override
    public StoreStatus status() {
        return watcher.status();
    }

    @Override
    public void close() {
        leases.close();
        watcher.close();
    }

    @Override
    public String toString() {
        return root.toString();
    }

    @SuppressWarnings("unchecked") // a KindDirectory<T> is held under its Kind<T> only
    private <T extends ClusterObject> KindDirectory<T> in(Kind<T> kind) {
        return (KindDirectory<T>) java.util.Objects.requireNonNull(kinds.get(kind));
    }
}
