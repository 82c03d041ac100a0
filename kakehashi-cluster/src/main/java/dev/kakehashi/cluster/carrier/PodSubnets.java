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
            cluster.blocks().stream()
                    .filter(block -> block.network().equals(network.name()))
                    // Of a pending one no address is given, and perhaps none ever will be.
                    .filter(block -> block.state() != IpBlockSpec.State.PENDING)
                    .sorted(Comparator.comparing(IpBlockSpec::cidr))
                    .forEach(subnets::add);
        }
        return subnets;
    }

    private void add(IpBlockSpec block) {
        blocks.computeIfAbsent(block.node(), node -> new ArrayList<>()).add(block.cidr());
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
