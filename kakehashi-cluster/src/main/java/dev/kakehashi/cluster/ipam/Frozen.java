package dev.kakehashi.cluster.ipam;

import org.jspecify.annotations.Nullable;

import java.util.AbstractMap;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * A map that nobody changes any more, so that it is passed on without a copy. Of each ledger there
 * is another for each call, which differs in one address of hundreds.
 */
final class Frozen<K, V> extends AbstractMap<K, V> {
    private final Map<K, V> entries;

    private Frozen(Map<K, V> entries) {
        this.entries = entries;
    }

    /** A map that its maker lets go of. */
    static <K, V> Map<K, V> of(Map<K, V> entries) {
        return entries instanceof Frozen<K, V> ? entries : new Frozen<>(entries);
    }

    /**
     * The contents of a map as they are now.
     *
     * @param copy makes one of its kind
     */
    static <K, V> Map<K, V> copyOf(Map<K, V> entries, Function<Map<K, V>, Map<K, V>> copy) {
        return entries instanceof Frozen<K, V> ? entries : new Frozen<>(copy.apply(entries));
    }

    /** What a copy is made of, or all of it is looked at: an entry seen so costs no object. */
    static <K, V> Map<K, V> open(Map<K, V> map) {
        return map instanceof Frozen<K, V> frozen ? frozen.entries : map;
    }

    @Override
    public int size() {
        return entries.size();
    }

    @Override
    public @Nullable V get(@Nullable Object key) {
        return entries.get(key);
    }

    @Override
    public boolean containsKey(@Nullable Object key) {
        return entries.containsKey(key);
    }

    @Override
    public void forEach(BiConsumer<? super K, ? super V> action) {
        entries.forEach(action);
    }

    @Override
    public Set<K> keySet() {
        return Collections.unmodifiableSet(entries.keySet());
    }

    @Override
    public Collection<V> values() {
        return Collections.unmodifiableCollection(entries.values());
    }

    @Override
    public Set<Map.Entry<K, V>> entrySet() {
        return Collections.unmodifiableMap(entries).entrySet();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Frozen<?, ?> frozen
                ? entries.equals(frozen.entries)
                : entries.equals(other);
    }

    @Override
    public int hashCode() {
        return entries.hashCode();
    }
}
