package dev.kakehashi.cluster.flannel;

import dev.kakehashi.cluster.store.ConflictException;
import dev.kakehashi.cluster.store.KeySpace;
import dev.kakehashi.cluster.store.Watch;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** Keys in memory, with the lifetimes they were given. */
final class MemoryKeys implements KeySpace {
    private final TreeMap<String, Entry> entries = new TreeMap<>();
    private final List<Runnable> watchers = new ArrayList<>();
    private long revision;
    private int writes;

    @Override
    public String prefix() {
        return "/coreos.com/network";
    }

    @Override
    public Optional<Entry> find(String key) {
        return Optional.ofNullable(entries.get(key));
    }

    @Override
    public List<Entry> list(String prefix) {
        return entries.values().stream().filter(e -> e.key().startsWith(prefix)).toList();
    }

    @Override
    public void put(String key, String value, long expected, Duration lifetime)
            throws ConflictException {
        check(key, expected);
        entries.put(key, new Entry(key, value, ++revision, !lifetime.isZero()));
        writes++;
        watchers.forEach(Runnable::run);
    }

    @Override
    public void remove(String key, long expected) throws ConflictException {
        check(key, expected);
        entries.remove(key);
        watchers.forEach(Runnable::run);
    }

    private void check(String key, long expected) throws ConflictException {
        if (find(key).map(Entry::revision).orElse(ABSENT) != expected) {
            throw new ConflictException(key);
        }
    }

    @Override
    public Watch watch(String prefix, Runnable changed) {
        watchers.add(changed);
        return () -> watchers.remove(changed);
    }

    int writes() {
        return writes;
    }

    @Override
    public void close() {}
}
