package dev.kakehashi.cluster.ipam;

import dev.kakehashi.cluster.AllocationHandle;
import dev.kakehashi.linux.IpPrefix;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * What a node has and gave, as its disk says: whatever gives an address writes it here first.
 * Immutable.
 *
 * <p>It is of one boot: when the machine starts again no pod lives, and the node asks the store
 * what it holds before it gives anything.
 *
 * @param bootId of which boot ({@code /proc/sys/kernel/random/boot_id})
 * @param generation of the last allocation
 * @param pools what is known of the network's pools
 * @param namespaces what is known of the namespaces of pods, by name; empty where the store has
 *     none
 * @param blocks the blocks this node gives addresses out of
 * @param given the addresses in use
 * @param cooling addresses that were taken back, and when, in milliseconds since the machine
 *     started
 */
public record Ledger(
        String bootId,
        long generation,
        List<PoolRules> pools,
        Map<String, NamespaceRules> namespaces,
        Map<IpPrefix, HeldBlock> blocks,
        Map<InetAddress, Given> given,
        Map<InetAddress, Long> cooling) {
    /** Copies the collections. */
    public Ledger {
        pools = List.copyOf(pools);
        namespaces = Frozen.copyOf(namespaces, TreeMap::new);
        blocks = Frozen.copyOf(blocks, TreeMap::new);
        given = Frozen.copyOf(given, LinkedHashMap::new);
        cooling = Frozen.copyOf(cooling, HashMap::new);
    }

    /** The ledger of a boot in which nothing was done yet. */
    public static Ledger of(String bootId) {
        return new Ledger(bootId, 0, List.of(), Map.of(), Map.of(), Map.of(), Map.of());
    }

    /** The addresses of an attachment, of whatever generation. */
    public List<Given> of(String containerId, String interfaceName) {
        List<Given> found = new ArrayList<>(2);
        for (Given one : given.values()) {
            if (one.allocation().handle().isOf(containerId, interfaceName)) {
                found.add(one);
            }
        }
        return found;
    }

    /** The block that holds an address. */
    public Optional<HeldBlock> blockOf(InetAddress address) {
        for (HeldBlock block : blocks.values()) {
            if (block.cidr().contains(address)) {
                return Optional.of(block);
            }
        }
        return Optional.empty();
    }

    /** The rules of a pool. */
    public Optional<PoolRules> pool(String name) {
        return pools.stream().filter(pool -> pool.name().equals(name)).findFirst();
    }

    /** How many addresses of a block are in use. */
    public int used(HeldBlock block) {
        int used = 0;
        for (InetAddress address : given.keySet()) {
            if (block.cidr().contains(address)) {
                used++;
            }
        }
        return used;
    }

    Ledger withPools(List<PoolRules> other) {
        return new Ledger(bootId, generation, other, namespaces, blocks, given, cooling);
    }

    Ledger withNamespaces(Map<String, NamespaceRules> other) {
        return new Ledger(bootId, generation, pools, other, blocks, given, cooling);
    }

    Ledger with(HeldBlock block) {
        Map<IpPrefix, HeldBlock> changed = new TreeMap<>(Frozen.open(blocks));
        changed.put(block.cidr(), block);
        return new Ledger(
                bootId, generation, pools, namespaces, Frozen.of(changed), given, cooling);
    }

    /** With a block changed, if it is there. */
    Ledger change(IpPrefix cidr, UnaryOperator<HeldBlock> change) {
        HeldBlock block = blocks.get(cidr);
        return block == null ? this : with(change.apply(block));
    }

    Ledger without(IpPrefix block) {
        Map<IpPrefix, HeldBlock> changed = new TreeMap<>(Frozen.open(blocks));
        changed.remove(block);
        return new Ledger(
                bootId, generation, pools, namespaces, Frozen.of(changed), given, cooling);
    }

    /** With addresses given, of the handle's generation or an earlier one. */
    Ledger withGiven(List<Given> more) {
        Map<InetAddress, Given> changed = new LinkedHashMap<>(Frozen.open(given));
        long last = generation;
        for (Given one : more) {
            changed.put(one.allocation().address(), one);
            last = Math.max(last, one.allocation().handle().generation());
        }
        return new Ledger(
                bootId, last, pools, namespaces, blocks, Frozen.of(changed), coolingWithout(more));
    }

    private Map<InetAddress, Long> coolingWithout(List<Given> more) {
        if (more.stream().noneMatch(one -> cooling.containsKey(one.allocation().address()))) {
            return cooling;
        }
        Map<InetAddress, Long> cool = new HashMap<>(Frozen.open(cooling));
        more.forEach(one -> cool.remove(one.allocation().address()));
        return Frozen.of(cool);
    }

    /** With addresses taken back, of these handles and no other generation. */
    Ledger takenBack(List<AllocationHandle> handles, long now) {
        Map<InetAddress, Given> kept = new LinkedHashMap<>();
        Map<InetAddress, Long> cool = new HashMap<>();
        cooling.forEach((address, since) -> {
            if (now - since < Allocator.COOL_DOWN_MILLIS) {
                cool.put(address, since);
            }
        });
        given.forEach((address, one) -> {
            if (handles.contains(one.allocation().handle())) {
                cool.put(address, now);
            } else {
                kept.put(address, one);
            }
        });
        return new Ledger(
                bootId, generation, pools, namespaces, blocks, Frozen.of(kept), Frozen.of(cool));
    }
}
