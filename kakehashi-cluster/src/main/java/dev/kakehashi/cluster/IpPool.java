package dev.kakehashi.cluster;

/**
 * A range of addresses for pods, divided into blocks that nodes claim ({@code
 * kakehashi.dev/v1alpha1 IPPool}).
 *
 * @param metadata name and annotations
 * @param spec what is wanted
 * @param status what was accepted
 * @param origin the object as it was read
 */
public record IpPool(Metadata metadata, IpPoolSpec spec, IpPoolStatus status, Tree origin)
        implements ClusterObject {
    /** A pool that nobody has looked at yet. */
    public static IpPool of(String name, IpPoolSpec spec) {
        return new IpPool(Metadata.named(name), spec, IpPoolStatus.UNSEEN, Tree.empty());
    }

    /** The same pool with another spec. */
    public IpPool withSpec(IpPoolSpec other) {
        return new IpPool(metadata, other, status, origin);
    }

    /** The same pool with another status. */
    public IpPool withStatus(IpPoolStatus other) {
        return new IpPool(metadata, spec, other, origin);
    }

    /** Whether blocks may be claimed of it. */
    public boolean isUsable() {
        return status.phase() == IpPoolStatus.Phase.ACTIVE && !spec.disabled();
    }
}
