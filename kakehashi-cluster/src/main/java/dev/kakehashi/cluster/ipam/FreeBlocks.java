package dev.kakehashi.cluster.ipam;

import dev.kakehashi.linux.IpPrefix;

import java.util.Optional;
import java.util.Set;

/** Which block of a pool a node tries next. */
final class FreeBlocks {
    /** Of larger pools only these first blocks are used. */
    private static final int MAX_BITS = 30;

    private FreeBlocks() {}

    /** Each node begins elsewhere, so that nodes that start at once seldom want the same block. */
    static Optional<IpPrefix> next(PoolRules pool, String node, Set<IpPrefix> taken) {
        int bits = Math.min(pool.blockSize() - pool.cidr().length(), MAX_BITS);
        long count = 1L << bits;
        long first = Math.floorMod(mixed(node), count);
        // More than are taken need not be looked at: one of them is free.
        long looks = Math.min(count, taken.size() + 1L);
        for (long i = 0; i < looks; i++) {
            IpPrefix block = at(pool, (first + i) % count);
            if (!taken.contains(block)) {
                return Optional.of(block);
            }
        }
        return Optional.empty();
    }

    private static IpPrefix at(PoolRules pool, long index) {
        long size = 1L << (pool.cidr().bits() - pool.blockSize());
        return new IpPrefix(
                BlockAddresses.at(pool.cidr().network(), index * size), pool.blockSize());
    }

    /** Names of nodes differ at their ends: String.hashCode would put them side by side. */
    private static long mixed(String node) {
        long hash = node.hashCode() * 0x9e3779b97f4a7c15L;
        return hash ^ (hash >>> 32);
    }
}
