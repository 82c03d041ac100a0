package dev.kakehashi.cluster.ipam;

import dev.kakehashi.cluster.IpBlock;
import dev.kakehashi.cluster.IpBlockSpec;
import dev.kakehashi.cluster.IpPool;
import dev.kakehashi.cluster.Namespace;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.Node;

import java.util.List;
import java.util.Optional;

/**
 * What a node last heard of the store. It may be old: nothing is decided by it that a
 * compare-and-set or a fresh reading does not confirm.
 */
public interface ClusterView {
    /** The Network whose addresses are kept. */
    Optional<Network> network();

    /**
     * The namespaces of pods, the same list as long as none changes; empty when the store has none,
     * or while it has not told of them.
     */
    default List<Namespace> namespaces() {
        return List.of();
    }

    /** All pools, also those of other networks. */
    List<IpPool> pools();

    /**
     * All blocks, also those of other networks; of those that do not concern this node maybe
     * without what is in use ({@link IpBlockSpec#concerns}). None of them is written back.
     */
    List<IpBlock> blocks();

    /** A block. */
    default Optional<IpBlock> block(String name) {
        return blocks().stream().filter(block -> block.name().equals(name)).findFirst();
    }

    /** A Node. */
    Optional<Node> node(String name);
}
