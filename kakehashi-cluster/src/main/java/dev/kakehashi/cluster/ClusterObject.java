package dev.kakehashi.cluster;

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

    /** The name, unique within the kind. */
    default String name() {
        return metadata().name();
    }
}
