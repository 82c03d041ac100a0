package dev.kakehashi.cluster.ipam;

import dev.kakehashi.cluster.ClusterObject;
import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.store.ConflictException;
import dev.kakehashi.cluster.store.Listing;
import dev.kakehashi.cluster.store.Notice;
import dev.kakehashi.cluster.store.Revision;
import dev.kakehashi.cluster.store.StoreException;
import dev.kakehashi.cluster.store.Stored;
import dev.kakehashi.cluster.store.Version;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A linearizable store: one thread at a time uses it. No two versions are ever the same. */
final class MemoryStore implements UnwatchedStore {
    private final Map<Kind<?>, Map<String, Stored<?>>> objects = new HashMap<>();
    private final boolean blind;
    private long versions;

    /** What people were told. */
    final List<Notice> told = new ArrayList<>();

    /** A store; {@code blind}: compare-and-set that does not compare, for mutations. */
    MemoryStore(boolean blind) {
        this.blind = blind;
    }

    @SuppressWarnings("unchecked") // what is kept under a Kind<T> is a Stored<T>
    private <T extends ClusterObject> Map<String, Stored<T>> of(Kind<T> kind) {
        return (Map<String, Stored<T>>)
                (Map<String, ?>) objects.computeIfAbsent(kind, k -> new TreeMap<>());
    }

    @Override
    public void tell(Notice notice) {
        told.add(notice);
    }

    @Override
    public <T extends ClusterObject> Listing<T> list(Kind<T> kind) {
        return new Listing<>(
                new ArrayList<>(of(kind).values()), List.of(), new Revision("" + versions));
    }

    @Override
    public <T extends ClusterObject> Optional<Stored<T>> find(Kind<T> kind, String name) {
        return Optional.ofNullable(of(kind).get(name));
    }

    @Override
    public <T extends ClusterObject> Stored<T> create(Kind<T> kind, T object)
            throws StoreException {
        if (!blind && of(kind).containsKey(object.name())) {
            throw new ConflictException(object.name() + " exists");
        }
        return put(kind, object);
    }

    @Override
    public <T extends ClusterObject> Stored<T> replace(Kind<T> kind, T object, Version expected)
            throws StoreException {
        check(kind, object.name(), expected);
        return put(kind, object);
    }

    @Override
    public <T extends ClusterObject> void remove(Kind<T> kind, String name, Version expected)
            throws StoreException {
        check(kind, name, expected);
        of(kind).remove(name);
    }

    private <T extends ClusterObject> void check(Kind<T> kind, String name, Version expected)
            throws StoreException {
        Stored<T> current = of(kind).get(name);
        if (!blind && (current == null || !current.version().equals(expected))) {
            throw new ConflictException(name + " is not at " + expected);
        }
    }

    private <T extends ClusterObject> Stored<T> put(Kind<T> kind, T object) {
        Stored<T> stored = new Stored<>(object, new Version("" + ++versions), List.of());
        of(kind).put(object.name(), stored);
        return stored;
    }
}
