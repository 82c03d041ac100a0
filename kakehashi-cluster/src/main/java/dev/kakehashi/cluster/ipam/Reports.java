package dev.kakehashi.cluster.ipam;

import dev.kakehashi.cluster.Allocation;
import dev.kakehashi.cluster.IpBlock;
import dev.kakehashi.linux.IpPrefix;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Predicate;

/** What a node tells of the addresses it gave, in the blocks they are of. Pure. */
final class Reports {
    private Reports() {}

    /** The addresses of a block, or a borrowed one, that the ledger says are in use; in order. */
    static List<Allocation> inUse(Ledger ledger, IpPrefix cidr) {
        return inOrder(
                cidr,
                ledger.given().values().stream()
                        .map(Given::allocation)
                        .filter(one -> cidr.contains(one.address()))
                        .toList());
    }

    /** What a node told of a block's addresses last. */
    static List<Allocation> of(IpBlock block, String node) {
        return block.allocations().stream().filter(one -> one.node().equals(node)).toList();
    }

    /** The block with a node's report in the place of what this says of some addresses. */
    static IpBlock replace(IpBlock block, Predicate<Allocation> old, List<Allocation> report) {
        List<Allocation> all =
                new ArrayList<>(block.allocations().stream().filter(old.negate()).toList());
        all.addAll(report);
        return block.withAllocations(inOrder(block.spec().cidr(), all));
    }

    /** For a person: the pods that use the addresses. */
    static List<String> users(Collection<Allocation> allocations) {
        return allocations.stream()
                .map(one -> one.attributes().getOrDefault("pod", one.handle().toString()))
                .toList();
    }

    private static List<Allocation> inOrder(IpPrefix cidr, List<Allocation> allocations) {
        TreeMap<Integer, Allocation> byIndex = new TreeMap<>();
        allocations.forEach(one -> byIndex.put(BlockAddresses.indexOf(cidr, one.address()), one));
        return List.copyOf(byIndex.values());
    }
}
