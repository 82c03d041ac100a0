package dev.kakehashi.cluster;

import java.util.Map;

/**
 * An object of the cluster's intent, in the shape of Kubernetes: kind, metadata, spec and status.
 */
public sealed interface ClusterObject
        permits Node, Namespace, Network, IpPool, IpBlock, BgpPeer, Lease {
    /** Name and annotations. */
    Metadata metadata();

    /**
     * The object as it was read, with the fields this version does not know; empty for a new one.
     */
    Tree origin();

    /**
     * How often what is wanted of it was changed (Kubernetes ObjectMeta, {@code generation}); 0
     * where the store does not count.
     */
    default long generation() {
        return origin().fields().get("metadata") instanceof Map<?, ?> read
                        && read.get("generation") instanceof Long generation
                ? generation
                : 0;
    }

    /** The name, unique within the kind. */
    default String name() {
        return metadata().name();
    }
}
