package dev.kakehashi.cluster;

import dev.kakehashi.linux.IpPrefix;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * A part of an IPPool that one node gives addresses out of ({@code kakehashi.dev/v1alpha1
 * IPBlock}). The spec says who may give which address, and changes by compare-and-set alone; the
 * status is the node's report of what it gave, and may lag behind.
 *
 * @param metadata the name follows from the block's prefix, so that of two nodes that claim one
 *     block only one can create it
 * @param spec whose it is
 * @param allocations what is in use, by the last report
 * @param origin the object as it was read
 */
public record IpBlock(
        Metadata metadata, IpBlockSpec spec, List<Allocation> allocations, Tree origin)
        implements ClusterObject {
    /** Copies the allocations. */
    public IpBlock {
        allocations = List.copyOf(allocations);
    }

    /** A new block without allocations. */
    public static IpBlock of(IpBlockSpec spec) {
        return new IpBlock(Metadata.named(nameOf(spec.cidr())), spec, List.of(), Tree.empty());
    }

    /** The name of the block with a prefix: {@code 10-244-3-64-26}. */
    public static String nameOf(IpPrefix cidr) {
        return cidr.toString().replace('.', '-').replace(':', '-').replace('/', '-');
    }

    /** The same block with another spec. */
    public IpBlock withSpec(IpBlockSpec other) {
        return new IpBlock(metadata, other, allocations, origin);
    }

    /** The same block with other allocations. */
    public IpBlock withAllocations(List<Allocation> other) {
        return new IpBlock(metadata, spec, other, origin);
    }

    /** Whether a node may give addresses of it but those given up. */
    public boolean isHeldBy(String node) {
        return spec.node().equals(node) && spec.state() != IpBlockSpec.State.PENDING;
    }

    /** Whether a node may give an address that this block's own node gave up. */
    public boolean isLentTo(String node, InetAddress address) {
        return givenUp(address).map(one -> one.borrower().equals(node)).orElse(false);
    }

    /** What its node said of an address when it gave it up; empty when it did not. */
    public Optional<IpBlockSpec.GivenUp> givenUp(InetAddress address) {
        return spec.givenUp().stream().filter(one -> one.address().equals(address)).findFirst();
    }
}
