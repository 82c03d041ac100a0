package dev.kakehashi.state;

import org.jspecify.annotations.Nullable;

/**
 * The name by which an intent calls a network namespace; the engine binds it to a real one.
 *
 * @param name not blank; any text without white space, for example {@code host} or {@code node-1}
 */
public record NamespaceId(String name) implements Comparable<NamespaceId> {
    /** The namespace of the node: where bridges, host ends and carriers' devices live. */
    public static final NamespaceId HOST = new NamespaceId("host");

    /** The namespace of the container an attachment is made for. */
    public static final NamespaceId CONTAINER = new NamespaceId("container");

    public NamespaceId {
        if (name.isBlank() || name.indexOf(' ') >= 0) {
            throw new IllegalArgumentException("invalid namespace name \"" + name + "\"");
        }
    }

    // Not the generated methods: linking them takes a cold process milliseconds.
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof NamespaceId id && name.equals(id.name);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    @Override
    public int compareTo(NamespaceId other) {
        return name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return name;
    }
}
