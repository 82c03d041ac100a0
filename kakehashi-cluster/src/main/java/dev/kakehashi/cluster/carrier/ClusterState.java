package dev.kakehashi.cluster.carrier;

import dev.kakehashi.cluster.IpBlockSpec;
import dev.kakehashi.cluster.IpPool;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.linux.IpPrefix;

import java.util.Collection;
import java.util.List;

/**
 * What of the store a node's network depends on, besides its Network.
 *
 * @param nodes all Nodes
 * @param blocks whose the blocks are, also those of other networks; of use where pods have
 *     addresses of pools
 * @param pools all pools, likewise
 */
public record ClusterState(List<Node> nodes, List<IpBlockSpec> blocks, List<IpPool> pools) {
    /** Copies the lists. */
    public ClusterState {
        nodes = List.copyOf(nodes);
        blocks = List.copyOf(blocks);
        pools = List.copyOf(pools);
    }

    /** The subnets of a node in a network: its own, or its blocks and what it borrowed. */
    public List<IpPrefix> subnetsOf(Network network, Node node) {
        PodSubnets subnets = PodSubnets.of(network, this);
        return network.spec().cidrs().stream()
                .flatMap(cidr -> subnets.of(node, cidr).stream())
                .sorted()
                .toList();
    }

    /** Nodes with subnets of their own. */
    public static ClusterState of(Collection<Node> nodes) {
        return new ClusterState(List.copyOf(nodes), List.of(), List.of());
    }
}
