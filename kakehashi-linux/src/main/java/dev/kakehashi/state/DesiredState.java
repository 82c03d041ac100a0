package dev.kakehashi.state;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.Set;
import java.util.function.BiPredicate;

/**
 * What must exist, in each of some network namespaces. Immutable; the order in which resources were
 * added is kept, so that equal inputs give equal plans.
 */
public final class DesiredState {
    /** Nothing. */
    public static final DesiredState EMPTY = new DesiredState(new LinkedHashMap<>());

    /** So many entries are looked for behind before all are looked up. */
    private static final int MOST_MOVED = 64;

    private static final ResourceMap NOTHING = new ResourceMap();

    private final SequencedMap<NamespaceId, ResourceMap> namespaces;

    private DesiredState(SequencedMap<NamespaceId, ResourceMap> namespaces) {
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
        return map(namespace);
    }

    private ResourceMap map(NamespaceId namespace) {
        ResourceMap map = namespaces.get(namespace);
        return map == null ? NOTHING : map;
    }

    /** Whether nothing is asked for. */
    public boolean isEmpty() {
        return namespaces.isEmpty();
    }

    /** How many resources there are in all namespaces. */
    public int size() {
        int size = 0;
        for (ResourceMap resources : namespaces.values()) {
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
            Map<ResourceKey, Resource> kept = other.map(namespace);
            resources.forEach((key, resource) -> {
                if (!kept.containsKey(key)) {
                    rest.add(namespace, resource);
                }
            });
        });
        return rest.buildPart();
    }

    /**
     * That part of this which a test holds for; like {@link #minus} it may give one end of a veth
     * pair without the other.
     */
    public DesiredState only(BiPredicate<NamespaceId, Resource> test) {
        Builder part = builder();
        namespaces.forEach((namespace, resources) ->
                resources
                        .values()
                        .forEach(resource -> {
                            if (test.test(namespace, resource)) {
                                part.add(namespace, resource);
                            }
                        }));
        return part.buildPart();
    }

    /**
     * What is another in this than in what was wanted before, in the time of reading both once.
     * States mostly grow at their end, lose some entries, or have some replaced or put to the end:
     * as long as they are alike else, entry by entry, nothing is looked up.
     */
    public Difference since(DesiredState before) {
        Builder fresh = builder();
        Builder replaced = builder();
        Builder gone = builder();
        SequencedSet<NamespaceId> all = new LinkedHashSet<>(namespaces.keySet());
        all.addAll(before.namespaces.keySet());
        for (NamespaceId namespace : all) {
            ResourceMap now = map(namespace);
            ResourceMap then = before.map(namespace);
            int alike = 0;
            int past = 0;
            int moved = 0;
            while (alike < now.size() && past < then.size()) {
                // By identity first, without a look into either.
                if (Objects.equals(now.at(alike), then.at(past))) {
                    alike++;
                    past++;
                } else if (now.keyAt(alike).equals(then.keyAt(past))) {
                    fresh.add(namespace, now.at(alike++));
                    replaced.add(namespace, then.at(past++));
                } else if (!now.containsKey(then.keyAt(past))) {
                    gone.add(namespace, then.at(past++));
                } else if (moved++ < MOST_MOVED) {
                    past++; // it stands behind, and is compared there
                } else {
                    break;
                }
            }
            for (int i = alike; i < now.size(); i++) {
                Resource wanted = now.at(i);
                Resource known = then.get(now.keyAt(i));
                if (!wanted.equals(known)) {
                    fresh.add(namespace, wanted);
                    if (known != null) {
                        replaced.add(namespace, known);
                    }
                }
            }
            for (int i = past; i < then.size(); i++) {
                if (!now.containsKey(then.keyAt(i))) {
                    gone.add(namespace, then.at(i));
                }
            }
        }
        return new Difference(fresh.buildPart(), replaced.buildPart(), gone.buildPart());
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
        private SequencedMap<NamespaceId, ResourceMap> namespaces = new LinkedHashMap<>();
        private boolean given;
        private boolean hasNewLinks;

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
            copyIfGiven();
            Resource before =
                    namespaces
                            .computeIfAbsent(namespace, n -> new ResourceMap())
                            .addIfAbsent(resource);
            hasNewLinks |= before == null && resource instanceof Link;
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

        /** Adds a resource to the namespace of the node, in place of one of the same key. */
        public Builder replace(Resource resource) {
            copyIfGiven();
            hasNewLinks |= resource instanceof Link;
            namespaces.computeIfAbsent(NamespaceId.HOST, n -> new ResourceMap()).set(resource);
            return this;
        }

        /** Takes resources of the namespace of the node away again, by their keys. */
        public Builder withoutHost(Set<ResourceKey> keys) {
            copyIfGiven();
            namespaces.computeIfAbsent(NamespaceId.HOST, n -> new ResourceMap()).removeAll(keys);
            return this;
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
            if (hasNewLinks) {
                VethPairs.check(state);
                hasNewLinks = false;
            }
            return state;
        }

        private DesiredState buildPart() {
            if (namespaces.isEmpty()) {
                return EMPTY;
            }
            given = true;
            return new DesiredState(namespaces);
        }

        /** A state has the maps: copied only if more is added after that. */
        private void copyIfGiven() {
            if (given) {
                namespaces = copy();
                given = false;
            }
        }

        private SequencedMap<NamespaceId, ResourceMap> copy() {
            SequencedMap<NamespaceId, ResourceMap> copy = new LinkedHashMap<>();
            namespaces.forEach((namespace, map) -> copy.put(namespace, map.copy()));
            return copy;
        }
    }
}
