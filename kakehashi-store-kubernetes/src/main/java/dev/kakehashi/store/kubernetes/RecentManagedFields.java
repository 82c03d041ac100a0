package dev.kakehashi.store.kubernetes;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The managed fields of objects that were read lately. Whoever changes an object has mostly just
 * read it, and is spared another request; and among thousands of Nodes only those few are in
 * memory.
 */
final class RecentManagedFields {
    /** A node changes its Node and a handful of blocks and leases, one after the other. */
    private static final int MOST = 16;

    private final Map<String, ManagedFields> byPath =
            new LinkedHashMap<>(MOST, 0.75f, true) {
                private static final long serialVersionUID = 1;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, ManagedFields> eldest) {
                    return size() > MOST;
                }
            };

    /** Those of the object at a path, if they are known for this version of it. */
    synchronized Optional<ManagedFields> of(String path, String version) {
        return Optional.ofNullable(byPath.get(path)).flatMap(known -> known.in(version));
    }

    synchronized void put(String path, ManagedFields fields) {
        byPath.put(path, fields);
    }

    synchronized void remove(String path) {
        byPath.remove(path);
    }
}
