package dev.kakehashi.state;

import org.jspecify.annotations.Nullable;

import java.util.AbstractList;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;

/**
 * Resources by key, in the order they were added, which others see as a map that cannot be changed.
 * A state of thousands of resources is copied for each node that comes, and is read from one end to
 * the other again and again: so it is a few arrays, and remembers the keys' hashes, which take most
 * of the time where one is computed of an address and a prefix.
 */
final class ResourceMap extends AbstractMap<ResourceKey, Resource> {
    private static final int FIRST_CAPACITY = 16;

    /** Spreads hashes that differ in few bits, as those of addresses do (Knuth, 6.4). */
    private static final int GOLDEN = 0x9E3779B9;

    private ResourceKey[] keys;
    private Resource[] resources;
    private int[] hashes;

    /** One more than an index, 0 where nothing is; open addressing, at most half full. */
    private int[] slots;

    private int size;

    ResourceMap() {
        keys = new ResourceKey[FIRST_CAPACITY];
        resources = new Resource[FIRST_CAPACITY];
        hashes = new int[FIRST_CAPACITY];
        slots = new int[2 * FIRST_CAPACITY];
    }

    private ResourceMap(ResourceMap other) {
        keys = other.keys.clone();
        resources = other.resources.clone();
        hashes = other.hashes.clone();
        slots = other.slots.clone();
        size = other.size;
    }

    /** Another with the same contents. */
    ResourceMap copy() {
        return new ResourceMap(this);
    }

    /** The resource of that number in order. */
    Resource at(int index) {
        return resources[index];
    }

    /** The key of that number in order. */
    ResourceKey keyAt(int index) {
        return keys[index];
    }

    /** Adds a resource unless there is one of its key, which is returned. */
    @Nullable Resource addIfAbsent(Resource resource) {
        ResourceKey key = resource.key();
        int hash = key.hashCode();
        int slot = slot(key, hash);
        if (slots[slot] != 0) {
            return resources[slots[slot] - 1];
        }
        append(key, hash, slot, resource);
        return null;
    }

    /** Adds a resource, in the place of one of its key if there is one. */
    void set(Resource resource) {
        ResourceKey key = resource.key();
        int hash = key.hashCode();
        int slot = slot(key, hash);
        if (slots[slot] != 0) {
            resources[slots[slot] - 1] = resource;
        } else {
            append(key, hash, slot, resource);
        }
    }

    /** Removes the resources of these keys; the others keep their order. */
    void removeAll(Set<ResourceKey> gone) {
        BitSet leaving = new BitSet(size);
        for (ResourceKey key : gone) {
            int index = slots[slot(key, key.hashCode())] - 1;
            if (index >= 0) {
                leaving.set(index);
            }
        }
        if (leaving.isEmpty()) {
            return;
        }
        int kept = leaving.nextSetBit(0);
        for (int i = kept; i < size; i++) {
            if (!leaving.get(i)) {
                keys[kept] = keys[i];
                resources[kept] = resources[i];
                hashes[kept] = hashes[i];
                kept++;
            }
        }
        Arrays.fill(keys, kept, size, null);
        Arrays.fill(resources, kept, size, null);
        size = kept;
        Arrays.fill(slots, 0);
        fillSlots();
    }

    private void fillSlots() {
        for (int i = 0; i < size; i++) {
            slots[free(hashes[i])] = i + 1;
        }
    }

    private void append(ResourceKey key, int hash, int slot, Resource resource) {
        if (size == keys.length) {
            keys = Arrays.copyOf(keys, 2 * size);
            resources = Arrays.copyOf(resources, 2 * size);
            hashes = Arrays.copyOf(hashes, 2 * size);
            slots = new int[4 * size];
            fillSlots();
            slots[free(hash)] = size + 1;
        } else {
            slots[slot] = size + 1;
        }
        keys[size] = key;
        resources[size] = resource;
        hashes[size] = hash;
        size++;
    }

    /** Where a key is, or would be. */
    private int slot(Object key, int hash) {
        int slot = begin(hash);
        while (slots[slot] != 0) {
            int index = slots[slot] - 1;
            if (hashes[index] == hash && keys[index].equals(key)) {
                return slot;
            }
            slot = (slot + 1) & (slots.length - 1);
        }
        return slot;
    }

    private int free(int hash) {
        int slot = begin(hash);
        while (slots[slot] != 0) {
            slot = (slot + 1) & (slots.length - 1);
        }
        return slot;
    }

    private int begin(int hash) {
        return (hash * GOLDEN) >>> Integer.numberOfLeadingZeros(slots.length - 1);
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public @Nullable Resource get(@Nullable Object key) {
        if (key == null) {
            return null;
        }
        int index = slots[slot(key, key.hashCode())] - 1;
        return index < 0 ? null : resources[index];
    }

    @Override
    public boolean containsKey(@Nullable Object key) {
        return get(key) != null;
    }

    @Override
    public Collection<Resource> values() {
        return new AbstractList<>() {
            @Override
            public Resource get(int index) {
                return resources[index];
            }

            @Override
            public int size() {
                return size;
            }
        };
    }

    @Override
    public Set<Map.Entry<ResourceKey, Resource>> entrySet() {
        return new AbstractSet<>() {
            @Override
            public Iterator<Map.Entry<ResourceKey, Resource>> iterator() {
                return new Entries();
            }

            @Override
            public int size() {
                return size;
            }
        };
    }

    private final class Entries implements Iterator<Map.Entry<ResourceKey, Resource>> {
        private int next;

        @Override
        public boolean hasNext() {
            return next < size;
        }

        @Override
        public Map.Entry<ResourceKey, Resource> next() {
            if (next >= size) {
                throw new NoSuchElementException();
            }
            return Map.entry(keys[next], resources[next++]);
        }
    }
}
