package dev.kakehashi.cluster.carrier;

import dev.kakehashi.cluster.IpBlockSpec;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.linux.IpPrefix;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Where each node's pods are, by what the store says. */
final class PodSubnets {
    private final Network network;
    private final Map<String, List<IpPrefix>> blocks = new HashMap<>();

    private PodSubnets(Network network) {
        this.network = network;
    }

    static PodSubnets of(Network network, ClusterState cluster) {
        PodSubnets subnets = new PodSubnets(network);
        if (network.spec().usesPools()) {
            List<IpBlockSpec> used =
                    cluster.blocks().stream()
                            .filter(block -> block.network().equals(network.name()))
                            // Of a pending one no address is given, and perhaps none ever will be.
                            .filter(block -> block.state() != IpBlockSpec.State.PENDING)
                            .sorted(Comparator.comparing(IpBlockSpec::cidr))
                            .toList();
            used.forEach(block -> subnets.add(block.node(), block.cidr()));
            // Behind the node's own blocks, since a way is probed by the first.
            used.forEach(subnets::addLent);
        }
        return subnets;
    }

    private void add(String node, IpPrefix subnet) {
        blocks.computeIfAbsent(node, _ -> new ArrayList<>()).add(subnet);
    }

    private void addLent(IpBlockSpec block) {
        for (IpBlockSpec.GivenUp one : block.givenUp()) {
            if (one.isBorrowed()) {
                add(one.borrower(), IpPrefix.host(one.address()));
            }
        }
    }

    /**
     * Whether it is a single address of another node's block: a block has more than one. That it is
     * lent its block says, which each address is in once.
     */
    boolean isBorrowed(IpPrefix subnet) {
        return network.spec().usesPools() && subnet.length() == subnet.bits();
    }

    /** The node's subnet in a prefix of the network, or its blocks in it. */
    List<IpPrefix> of(Node node, IpPrefix cidr) {
        return network.spec().usesPools()
                ? blocks.getOrDefault(node.name(), List.of()).stream()
                        .filter(cidr::contains)
                        .toList()
                : node.podCidrs().stream().filter(cidr::contains).limit(1).toList();
    }
}
