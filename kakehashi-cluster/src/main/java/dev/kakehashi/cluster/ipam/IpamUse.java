package dev.kakehashi.cluster.ipam;

import dev.kakehashi.cluster.IpBlock;
import dev.kakehashi.cluster.IpBlockSpec;
import dev.kakehashi.cluster.IpPool;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.linux.IpPrefix;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * How much of a network's pools is in use, by what the store says. Nodes report what they gave
 * within a second.
 *
 * @param pools by name
 * @param nodes by name: those that hold blocks, or borrowed addresses
 * @param blocks by prefix
 */
public record IpamUse(List<Pool> pools, List<Holder> nodes, List<Block> blocks) {
    /**
     * A pool.
     *
     * @param phase how far it is, empty when nobody looked at it
     * @param blocks how many are claimed
     * @param addresses how many pods may have of those blocks
     * @param inUse how many they have
     */
    public record Pool(
            String name, IpPrefix cidr, String phase, int blocks, int addresses, int inUse) {}

    /**
     * A node that holds blocks, or borrowed addresses.
     *
     * @param present whether there is its Node
     * @param addresses how many its pods may have: of its blocks without what others borrowed, and
     *     what it borrowed
     * @param borrowed how many of them are of other nodes' blocks
     */
    public record Holder(
            String name, boolean present, int blocks, int addresses, int borrowed, int inUse) {
        private Holder plus(Holder other) {
            return new Holder(
                    name,
                    present,
                    blocks + other.blocks,
                    addresses + other.addresses,
                    borrowed + other.borrowed,
                    inUse + other.inUse);
        }

        private Holder present(boolean there) {
            return new Holder(name, there, blocks, addresses, borrowed, inUse);
        }
    }

    /**
     * A block, with how far its node is with it.
     *
     * @param lent how many of its addresses other nodes borrowed
     */
    public record Block(
            IpPrefix cidr,
            String pool,
            String node,
            String state,
            int addresses,
            int lent,
            int inUse) {}

    /** Copies the lists. */
    public IpamUse {
        pools = List.copyOf(pools);
        nodes = List.copyOf(nodes);
        blocks = List.copyOf(blocks);
    }

    /** Counts. Pure. */
    public static IpamUse of(
            String network, List<IpPool> pools, List<IpBlock> blocks, List<Node> nodes) {
        List<Block> counted =
                blocks.stream()
                        .filter(block -> block.spec().network().equals(network))
                        .map(block -> count(block, pools))
                        .sorted(Comparator.comparing(Block::cidr))
                        .toList();
        Set<String> present =
                nodes.stream().map(Node::name).collect(Collectors.toCollection(TreeSet::new));
        return new IpamUse(
                pools.stream()
                        .filter(pool -> pool.spec().network().equals(network))
                        .sorted(Comparator.comparing(IpPool::name))
                        .map(pool -> pool(pool, counted))
                        .toList(),
                holders(network, blocks, counted, present),
                counted);
    }

    private static List<Holder> holders(
            String network, List<IpBlock> blocks, List<Block> counted, Set<String> present) {
        Map<String, Holder> byName = new TreeMap<>();
        for (Block own : counted) {
            count(byName, new Holder(own.node(), false, 1, own.addresses() - own.lent(), 0, 0));
        }
        for (IpBlock block : blocks) {
            if (block.spec().network().equals(network)) {
                block.spec().givenUp().stream()
                        .filter(IpBlockSpec.GivenUp::isBorrowed)
                        .forEach(one ->
                                count(byName, new Holder(one.borrower(), false, 0, 1, 1, 0)));
                block.allocations()
                        .forEach(one -> count(byName, new Holder(one.node(), false, 0, 0, 0, 1)));
            }
        }
        return byName.values().stream()
                .map(one -> one.present(present.contains(one.name())))
                .toList();
    }

    private static void count(Map<String, Holder> holders, Holder more) {
        holders.merge(more.name(), more, Holder::plus);
    }

    private static Block count(IpBlock block, List<IpPool> pools) {
        IpPrefix cidr = block.spec().cidr();
        List<IpPrefix> reserved =
                pools.stream()
                        .filter(pool -> pool.name().equals(block.spec().pool()))
                        .flatMap(pool -> pool.spec().reservations().stream())
                        .toList();
        int addresses = 0;
        for (int i = 0; i < BlockAddresses.size(cidr); i++) {
            int index = i;
            if (BlockAddresses.isForPods(cidr, i)
                    && reserved.stream()
                            .noneMatch(r -> r.contains(BlockAddresses.at(cidr, index)))) {
                addresses++;
            }
        }
        return new Block(
                cidr,
                block.spec().pool(),
                block.spec().node(),
                block.spec().state().toString(),
                addresses,
                Math.toIntExact(
                        block.spec().givenUp().stream()
                                .filter(IpBlockSpec.GivenUp::isBorrowed)
                                .count()),
                block.allocations().size());
    }

    private static Pool pool(IpPool pool, List<Block> all) {
        List<Block> blocks = all.stream().filter(b -> b.pool().equals(pool.name())).toList();
        return new Pool(
                pool.name(),
                pool.status().cidr().orElse(pool.spec().cidr()),
                pool.status().phase().toString(),
                blocks.size(),
                blocks.stream().mapToInt(Block::addresses).sum(),
                blocks.stream().mapToInt(Block::inUse).sum());
    }
}
