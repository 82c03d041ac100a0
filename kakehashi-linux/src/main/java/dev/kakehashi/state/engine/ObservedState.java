package dev.kakehashi.state.engine;

import dev.kakehashi.state.NamespaceId;

import java.util.Map;

/**
 * What was seen in some namespaces.
 *
 * @param namespaces by name; one that is missing is empty
 */
public record ObservedState(Map<NamespaceId, ObservedNamespace> namespaces) {
    /** Nothing seen anywhere. */
    public static final ObservedState EMPTY = new ObservedState(Map.of());

    private static final ObservedNamespace NOTHING = new ObservedNamespace.Builder().build();

    public ObservedState {
        namespaces = Map.copyOf(namespaces);
    }

    /** What was seen in a namespace. */
    public ObservedNamespace in(NamespaceId namespace) {
        return namespaces.getOrDefault(namespace, NOTHING);
    }
}
