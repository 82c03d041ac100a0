package dev.kakehashi.state;

import org.jspecify.annotations.Nullable;

/**
 * A link named from outside its namespace: the other end of a veth pair, the lower link of a
 * macvlan.
 *
 * @param namespace where the link is
 * @param name its interface name
 */
public record LinkRef(NamespaceId namespace, String name) {
    /** A link in the namespace of the node. */
    public static LinkRef host(String name) {
        return new LinkRef(NamespaceId.HOST, name);
    }

    /** A link in the namespace of the container. */
    public static LinkRef container(String name) {
        return new LinkRef(NamespaceId.CONTAINER, name);
    }

    // Written out: see NetnsId.equals.
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof LinkRef ref
                && name.equals(ref.name)
                && namespace.equals(ref.namespace);
    }

    @Override
    public int hashCode() {
        return 31 * name.hashCode() + namespace.hashCode();
    }

    @Override
    public String toString() {
        return namespace + "/" + name;
    }
}
