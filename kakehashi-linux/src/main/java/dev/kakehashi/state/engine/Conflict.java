package dev.kakehashi.state.engine;

import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.ResourceKey;

/**
 * Why something wanted cannot be had without changing what is not ours.
 *
 * @param namespace where
 * @param key which object
 * @param found what it is
 * @param wanted what it should be
 */
public record Conflict(NamespaceId namespace, ResourceKey key, String found, String wanted) {
    @Override
    public String toString() {
        return key + " in namespace " + namespace + ": " + found + "; wanted: " + wanted;
    }
}
