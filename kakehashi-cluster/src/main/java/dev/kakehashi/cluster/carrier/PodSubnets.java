package dev.kakehashi.cluster.carrier;

import dev.kakehashi.cluster.IpBlockSpec;
import dev.kakehashi.cluster.ListChange;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.linux.IpPrefix;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/**
 * Where each node's pods are, by what the store says; it can follow what the store says next, of
 * which only what is new is read. On one thread only.
 */
final class PodSubnets {
    /** A node's own blocks come before what it borrowed, since a way is probed by the first. */
    private static final Comparator<IpPrefix> ORDER =
            Comparator.comparing(PodSubnets::isAddress).thenComparing(Comparator.naturalOrder());

    private final Network network;
    private final Map<String, List<IpPrefix>> blocks = new HashMap<>();

    private PodSubnets(Network network) {
        this.network = network;
    }

    static PodSubnets of(Network network, ClusterState cluster) {
        PodSubnets subnets = new PodSubnets(network);
        cluster.blocks().forEach(block -> subnets.give(block, subnets::add));
        return subnets;
    }

    /** Follows a change of the blocks; the names of the nodes whose pods are elsewhere now. */
    Set<String> change(ListChange<IpBlockSpec> change) {
        Map<String, List<IpPrefix>> before = new HashMap<>();
        for (IpBlockSpec block : change.gone()) {
            give(
                    block,
                    (node, subnet) -> {
                        before.putIfAbsent(node, of(node));
                        remove(node, subnet);
                    });
        }
        for (IpBlockSpec block : change.come()) {
            give(
                    block,
                    (node, subnet) -> {
                        before.putIfAbsent(node, of(node));
                        add(node, subnet);
                    });
        }
        before.entrySet().removeIf(entry -> entry.getValue().equals(of(entry.getKey())));
        return before.keySet();
    }

    /** Tells what a block gives to whom. */
    private void give(IpBlockSpec block, BiConsumer<String, IpPrefix> to) {
        if (!network.spec().usesPools()
                || !block.network().equals(network.name())
                // Of a pending one no address is given, and perhaps none ever will be.
                || block.state() == IpBlockSpec.State.PENDING) {
            return;
        }
        to.accept(block.node(), block.cidr());
        for (IpBlockSpec.GivenUp one : block.givenUp()) {
            if (one.isBorrowed()) {
                to.accept(one.borrower(), IpPrefix.host(one.address()));
            }
        }
    }

    private void add(String node, IpPrefix subnet) {
        List<IpPrefix> now = of(node);
        blocks.put(
                node,
                now.isEmpty()
                        ? List.of(subnet)
                        : Stream.concat(now.stream(), Stream.of(subnet)).sorted(ORDER).toList());
    }

    private void remove(String node, IpPrefix subnet) {
        List<IpPrefix> rest = new ArrayList<>(of(node));
        rest.remove(subnet);
        if (rest.isEmpty()) {
            blocks.remove(node);
        } else {
            blocks.put(node, List.copyOf(rest));
        }
    }

    private List<IpPrefix> of(String node) {
        return blocks.getOrDefault(node, List.of());
    }

    private static boolean isAddress(IpPrefix subnet) {
        return subnet.length() == subnet.bits();
    }

    /**
     * Whether it is a single address of another node's block: a block has more than one. That it is
     * lent its block says, which each address is in once.
     */
    boolean isBorrowed(IpPrefix subnet) {
        return network.spec().usesPools() && isAddress(subnet);
    }

    /** The node's subnet in a prefix of the network, or its blocks in it. */
    List<IpPrefix> of(Node node, IpPrefix cidr) {
        return network.spec().usesPools()
                ? of(node.name()).stream().filter(cidr::contains).toList()
                : node.podCidrs().stream().filter(cidr::contains).limit(1).toList();
    }
}
