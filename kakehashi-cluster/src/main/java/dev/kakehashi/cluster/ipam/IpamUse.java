package dev.kakehashi.cluster.ipam;

import dev.kakehashi.cluster.IpBlock;
import dev.kakehashi.cluster.IpPool;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.linux.IpPrefix;

import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * How much of a network's pools is in use, by what the store says. Nodes report what they gave
 * within a second.
 *
 * @param pools by name
 * @param nodes by name: those that hold blocks
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
     * A node that holds blocks.
     *
     * @param present whether there is its Node
     */
    public record Holder(String name, boolean present, int blocks, int addresses, int inUse) {}

    /** A block, with how far its node is with it. */
    public record Block(
            IpPrefix cidr, String pool, String node, String state, int addresses, int inUse) {}

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
                counted.stream()
                        .collect(
                                Collectors.groupingBy(
                                        Block::node, TreeMap::new, Collectors.toList()))
                        .entrySet()
                        .stream()
                        .map(of -> holder(of.getKey(), present, of.getValue()))
                        .toList(),
                counted);
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

    private static Holder holder(String name, Set<String> present, List<Block> blocks) {
        return new Holder(
                name,
                present.contains(name),
                blocks.size(),
                blocks.stream().mapToInt(Block::addresses).sum(),
                blocks.stream().mapToInt(Block::inUse).sum());
    }
}
