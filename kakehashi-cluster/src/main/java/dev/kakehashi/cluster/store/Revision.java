package dev.kakehashi.cluster.store;

/**
 * A moment in the history of a kind's objects, from which changes can be watched. Opaque; only the
 * store that gave it understands it.
 *
 * @param value the store's own notation
 */
public record Revision(String value) {
    @Override
    public String toString() {
        return value;
    }
}
