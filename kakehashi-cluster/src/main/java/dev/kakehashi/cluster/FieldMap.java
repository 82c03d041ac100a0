package dev.kakehashi.cluster;

import org.jspecify.annotations.Nullable;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * The fields of a mapping in the order of their source, which cannot be changed: names and values
 * by turns in one array, looked for one after the other. Most mappings have few fields, and of
 * thousands of Nodes there are tens of thousands of mappings: one of five fields takes 370 octets
 * as a {@link LinkedHashMap}, and 80 as this.
 *
 * @param <V> the type of the values
 */
final class FieldMap<V> extends AbstractMap<String, V> {
    /** Where there are more, to look at one after the other takes longer than to hash a name. */
    private static final int MOST = 24;

    private final Object[] fields;

    private FieldMap(Object[] fields) {
        this.fields = fields;
    }

    /** A copy of texts by name; the same map if it cannot be changed anyway. */
    static Map<String, String> copyOf(Map<String, String> source) {
        return source instanceof FieldMap<String> ? source : of(source, text -> text);
    }

    /**
     * A copy of a mapping without those fields whose value is null.
     *
     * @param copy gives the value that the copy has
     */
    static <S, V> Map<String, V> of(Map<?, S> source, Function<S, V> copy) {
        if (source.size() > MOST) {
            Map<String, V> many = LinkedHashMap.newLinkedHashMap(source.size());
            source.forEach((name, value) -> {
                if (value != null) {
                    many.put(String.valueOf(name), copy.apply(value));
                }
            });
            return Collections.unmodifiableMap(many);
        }
        Object[] fields = new Object[2 * source.size()];
        int size = 0;
        for (Map.Entry<?, S> field : source.entrySet()) {
            if (field.getValue() != null) {
                fields[size++] = String.valueOf(field.getKey());
                fields[size++] = copy.apply(field.getValue());
            }
        }
        return new FieldMap<>(size == fields.length ? fields : Arrays.copyOf(fields, size));
    }

    @Override
    public int size() {
        return fields.length / 2;
    }

    @Override
    public @Nullable V get(@Nullable Object name) {
        for (int i = 0; i < fields.length; i += 2) {
            if (fields[i].equals(name)) {
                return value(i);
            }
        }
        return null;
    }

    @Override
    public boolean containsKey(@Nullable Object name) {
        return get(name) != null;
    }

    @Override
    public void forEach(BiConsumer<? super String, ? super V> action) {
        for (int i = 0; i < fields.length; i += 2) {
            action.accept((String) fields[i], value(i));
        }
    }

    @SuppressWarnings("unchecked") // behind each name stands a value
    private V value(int name) {
        return (V) fields[name + 1];
    }

    @Override
    public Set<Map.Entry<String, V>> entrySet() {
        return new AbstractSet<>() {
            @Override
            public Iterator<Map.Entry<String, V>> iterator() {
                return new Entries();
            }

            @Override
            public int size() {
                return FieldMap.this.size();
            }
        };
    }

    private final class Entries implements Iterator<Map.Entry<String, V>> {
        private int next;

        @Override
        public boolean hasNext() {
            return next < fields.length;
        }

        @Override
        public Map.Entry<String, V> next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            Map.Entry<String, V> entry = Map.entry((String) fields[next], value(next));
            next += 2;
            return entry;
        }
    }
}
