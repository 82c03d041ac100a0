package dev.kakehashi.state.engine;

import dev.kakehashi.state.ResourceKey;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What was seen in one namespace. What was not looked for is as if it were not there. */
public final class ObservedNamespace {
    private final Map<String, ObservedLink> links;
    private final Map<ResourceKey, List<Observed>> objects;
    private final Map<ResourceKey, String> valuesBefore;

    private ObservedNamespace(Builder builder) {
        links = builder.links;
        objects = builder.objects;
        valuesBefore = builder.valuesBefore;
    }

    /** A link by its name. */
    public Optional<ObservedLink> link(String name) {
        return Optional.ofNullable(links.get(name));
    }

    /** A link by its index. */
    public Optional<ObservedLink> link(int index) {
        return links.values().stream().filter(link -> link.index() == index).findFirst();
    }

    /** All links that were seen, in the order of the kernel. */
    public Iterable<ObservedLink> links() {
        return links.values();
    }

    /** The objects with a key: mostly one or none; routes of equal key may be several. */
    public List<Observed> objects(ResourceKey key) {
        return objects.getOrDefault(key, List.of());
    }

    /** All objects that were seen but links. */
    public Iterable<List<Observed>> objects() {
        return objects.values();
    }

    /** The value that an object without a mark had before we changed it, if that is on record. */
    public Optional<String> valueBefore(ResourceKey key) {
        return Optional.ofNullable(valuesBefore.get(key));
    }

    /** Collects what was seen. */
    public static final class Builder {
        private final Map<String, ObservedLink> links = new LinkedHashMap<>();
        private final Map<ResourceKey, List<Observed>> objects = new LinkedHashMap<>();
        private final Map<ResourceKey, String> valuesBefore = new HashMap<>();
        private final Map<Integer, String> names = new HashMap<>();

        /** Adds a link. */
        public Builder add(ObservedLink link) {
            links.put(link.name(), link);
            names.put(link.index(), link.name());
            return this;
        }

        /** Adds another object. */
        public Builder add(Observed object) {
            objects.computeIfAbsent(object.resource().key(), k -> new ArrayList<>(1)).add(object);
            return this;
        }

        /** Adds what is on record about an object without a mark. */
        public Builder addValueBefore(ResourceKey key, String value) {
            valuesBefore.put(key, value);
            return this;
        }

        @Nullable String name(int index) {
            return names.get(index);
        }

        /** What was seen. */
        public ObservedNamespace build() {
            return new ObservedNamespace(this);
        }
    }
}
