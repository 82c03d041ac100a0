package dev.kakehashi.state;

import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SequencedSet;

/**
 * What must exist, in each of some network namespaces. Immutable; the order in which resources were
 * added is kept, so that equal inputs give equal plans.
 */
public final class DesiredState {
    /** Nothing. */
    public static final DesiredState EMPTY = new DesiredState(new LinkedHashMap<>());

    private final SequencedMap<NamespaceId, Map<ResourceKey, Resource>> namespaces;

    private DesiredState(SequencedMap<NamespaceId, Map<ResourceKey, Resource>> namespaces) {
        this.namespaces = namespaces;
    }

    /** An empty builder. */
    public static Builder builder() {
        return new Builder();
    }

    /** The namespaces spoken of. */
    public SequencedSet<NamespaceId> namespaces() {
        return Collections.unmodifiableSequencedSet(namespaces.sequencedKeySet());
    }

    /** What must exist in a namespace, in the order it was added. */
    public List<Resource> in(NamespaceId namespace) {
        return List.copyOf(byKey(namespace).values());
    }

    /** What must exist in a namespace, by key. */
    public Map<ResourceKey, Resource> byKey(NamespaceId namespace) {
        return Collections.unmodifiableMap(namespaces.getOrDefault(namespace, Map.of()));
    }

    /** Whether nothing is asked for. */
    public boolean isEmpty() {
        return namespaces.isEmpty();
    }

    /** How many resources there are in all namespaces. */
    public int size() {
        int size = 0;
        for (Map<ResourceKey, Resource> resources : namespaces.values()) {
            size += resources.size();
        }
        return size;
    }

    /**
     * All of this and of another.
     *
     * @throws IllegalArgumentException if they want different things of one object
     */
    public DesiredState merge(DesiredState other) {
        return builder().add(this).add(other).build();
    }

    /**
     * All of this, and of another what is not in this under the same key. Like {@link #minus} it
     * may give one end of a veth pair without the other: for what is no longer wanted.
     */
    public DesiredState or(DesiredState other) {
        return builder().add(this).add(other.minus(this)).buildPart();
    }

    /** What is in this and not, under the same key, in another: what is no longer wanted. */
    public DesiredState minus(DesiredState other) {
        Builder rest = builder();
        namespaces.forEach((namespace, resources) -> {
            Map<ResourceKey, Resource> kept = other.byKey(namespace);
            resources.forEach((key, resource) -> {
                if (!kept.containsKey(key)) {
                    rest.add(namespace, resource);
                }
            });
        });
        return rest.buildPart();
    }

    /**
     * What is another in this than in what was wanted before, in the time of reading both once.
     * States mostly grow at their end: as long as they are alike, entry by entry, nothing is looked
     * up.
     */
    public Difference since(DesiredState before) {
        Builder fresh = builder();
        Builder replaced = builder();
        Builder gone = builder();
        SequencedSet<NamespaceId> all = new LinkedHashSet<>(namespaces.keySet());
        all.addAll(before.namespaces.keySet());
        for (NamespaceId namespace : all) {
            Map<ResourceKey, Resource> now = namespaces.getOrDefault(namespace, Map.of());
            Map<ResourceKey, Resource> then = before.namespaces.getOrDefault(namespace, Map.of());
            Iterator<Map.Entry<ResourceKey, Resource>> wanted = now.entrySet().iterator();
            Iterator<Map.Entry<ResourceKey, Resource>> known = then.entrySet().iterator();
            boolean alike = true;
            while (alike && wanted.hasNext() && known.hasNext()) {
                Map.Entry<ResourceKey, Resource> one = wanted.next();
                Map.Entry<ResourceKey, Resource> other = known.next();
                alike = one.getValue().equals(other.getValue());
                if (!alike) {
                    compare(namespace, one, then, fresh, replaced);
                    leave(namespace, other, now, gone);
                }
            }
            wanted.forEachRemaining(entry -> compare(namespace, entry, then, fresh, replaced));
            known.forEachRemaining(entry -> leave(namespace, entry, now, gone));
        }
        return new Difference(fresh.buildPart(), replaced.buildPart(), gone.buildPart());
    }

    private static void compare(
            NamespaceId namespace,
            Map.Entry<ResourceKey, Resource> wanted,
            Map<ResourceKey, Resource> then,
            Builder fresh,
            Builder replaced) {
        Resource before = then.get(wanted.getKey());
        if (!wanted.getValue().equals(before)) {
            fresh.add(namespace, wanted.getValue());
            if (before != null) {
                replaced.add(namespace, before);
            }
        }
    }

    private static void leave(
            NamespaceId namespace,
            Map.Entry<ResourceKey, Resource> known,
            Map<ResourceKey, Resource> now,
            Builder gone) {
        if (!now.containsKey(known.getKey())) {
            gone.add(namespace, known.getValue());
        }
    }

    @Override
    public boolean equals(Object other) {
        return this == other
                || (other instanceof DesiredState that && namespaces.equals(that.namespaces));
    }

    @Override
    public int hashCode() {
        return namespaces.hashCode();
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        namespaces.forEach((namespace, resources) ->
                resources
                        .values()
                        .forEach(resource ->
                                text.append(namespace).append(": ").append(resource).append('\n')));
        return text.toString();
    }

    /** Collects resources; the same one twice counts once. */
    public static final class Builder {
        private SequencedMap<NamespaceId, Map<ResourceKey, Resource>> namespaces =
                new LinkedHashMap<>();
        private boolean given;

        private Builder() {}

        /**
         * Adds resources to a namespace.
         *
         * @throws IllegalArgumentException if something else is wanted of the same object already
         */
        public Builder add(NamespaceId namespace, Resource... resources) {
            for (Resource resource : resources) {
                add(namespace, resource);
            }
            return this;
        }

        private void add(NamespaceId namespace, Resource resource) {
            if (given) { // a state has the maps; copied only if more is added after that
                namespaces = copy();
                given = false;
            }
            Resource before =
                    namespaces
                            .computeIfAbsent(namespace, n -> new LinkedHashMap<>())
                            .putIfAbsent(resource.key(), resource);
            if (before != null && !before.equals(resource)) {
                throw new IllegalArgumentException(
                        resource.key()
                                + " in namespace "
                                + namespace
                                + " is wanted in two ways: "
                                + before
                                + " and "
                                + resource);
            }
        }

        /** Adds resources to the namespace of the node. */
        public Builder host(Resource... resources) {
            return add(NamespaceId.HOST, resources);
        }

        /** Adds resources to the namespace of the container. */
        public Builder container(Resource... resources) {
            return add(NamespaceId.CONTAINER, resources);
        }

        /** Adds all of another state. */
        public Builder add(DesiredState state) {
            state.namespaces.forEach((namespace, resources) ->
                    resources.values().forEach(resource -> add(namespace, resource)));
            return this;
        }

        /**
         * The state.
         *
         * @throws IllegalArgumentException if one end of a veth pair lacks the other
         */
        public DesiredState build() {
            DesiredState state = buildPart();
            VethPairs.check(state);
            return state;
        }

        private DesiredState buildPart() {
            if (namespaces.isEmpty()) {
                return EMPTY;
            }
            given = true;
            return new DesiredState(namespaces);
        }

        private SequencedMap<NamespaceId, Map<ResourceKey, Resource>> copy() {
            SequencedMap<NamespaceId, Map<ResourceKey, Resource>> copy = new LinkedHashMap<>();
            namespaces.forEach((namespace, map) -> copy.put(namespace, new LinkedHashMap<>(map)));
            return copy;
        }
    }
}
