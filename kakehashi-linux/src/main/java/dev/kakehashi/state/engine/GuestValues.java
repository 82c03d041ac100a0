package dev.kakehashi.state.engine;

import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.ResourceKey;

import java.io.IOException;
import java.util.Optional;

/**
 * What unmarked objects in a namespace were of which the engine is a guest. It is on no record that
 * outlives the guest: the next namespace of this name is another one.
 */
final class GuestValues implements PriorValues {
    private final NamespaceId guest;
    private final PriorValues inside = PriorValues.inMemory();
    private final PriorValues others;

    GuestValues(NamespaceId guest, PriorValues others) {
        this.guest = guest;
        this.others = others;
    }

    private PriorValues of(NamespaceId namespace) {
        return namespace.equals(guest) ? inside : others;
    }

    @Override
    public Optional<String> find(NamespaceId namespace, ResourceKey key) {
        return of(namespace).find(namespace, key);
    }

    @Override
    public void record(NamespaceId namespace, ResourceKey key, String value) throws IOException {
        of(namespace).record(namespace, key, value);
    }

    @Override
    public void forget(NamespaceId namespace, ResourceKey key) throws IOException {
        of(namespace).forget(namespace, key);
    }
}
