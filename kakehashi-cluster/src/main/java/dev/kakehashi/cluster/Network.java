package dev.kakehashi.cluster;

import dev.kakehashi.linux.IpPrefix;

import java.util.List;
import java.util.Optional;

/**
 * A network of pods over all nodes ({@code kakehashi.dev/v1alpha1 Network}).
 *
 * @param metadata the name is also that of the CNI network
 * @param spec what is wanted
 * @param conditions what the nodes say of it
 * @param origin the object as it was read
 */
public record Network(Metadata metadata, NetworkSpec spec, List<Condition> conditions, Tree origin)
        implements ClusterObject {
    /** The condition that tells whether nodes take it as it is written. */
    public static final String ACCEPTED = "Accepted";

    /**
     * Annotation with the carrier that a network had before the one it has: what it is turned back
     * to.
     */
    public static final String FORMER_CARRIER = "kakehashi.dev/former-carrier";

    /** Annotation with the {@link KeyRotation} that was asked for last. */
    public static final String WIREGUARD_ROTATION = "kakehashi.dev/wireguard-rotation";

    /** Copies the conditions. */
    public Network {
        conditions = List.copyOf(conditions);
    }

    /** A network with default settings over {@code cidrs}. */
    public static Network of(String name, List<IpPrefix> cidrs) {
        return new Network(Metadata.named(name), NetworkSpec.of(cidrs), List.of(), Tree.empty());
    }

    /** The same network with another spec. */
    public Network withSpec(NetworkSpec other) {
        return new Network(metadata, other, conditions, origin);
    }

    /** The same network with other metadata. */
    public Network withMetadata(Metadata other) {
        return new Network(other, spec, conditions, origin);
    }

    /** The same network with other conditions. */
    public Network withConditions(List<Condition> other) {
        return new Network(metadata, spec, other, origin);
    }

    /** What is said of it; empty when nobody has. */
    public Optional<Condition> condition(String type) {
        return conditions.stream().filter(one -> one.type().equals(type)).findFirst();
    }

    /** The network's prefix that holds {@code subnet} whole. */
    public Optional<IpPrefix> cidrOf(IpPrefix subnet) {
        return spec.cidrs().stream().filter(cidr -> cidr.contains(subnet)).findFirst();
    }
}
