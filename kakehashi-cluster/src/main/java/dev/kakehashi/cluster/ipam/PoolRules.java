package dev.kakehashi.cluster.ipam;

import dev.kakehashi.cluster.IpPool;
import dev.kakehashi.cluster.LabelSelector;
import dev.kakehashi.linux.IpPrefix;

import java.util.List;

/**
 * What a node must know of a pool to give its addresses while the store is gone.
 *
 * @param name the pool's name
 * @param cidr its addresses
 * @param blockSize prefix length of its blocks
 * @param disabled whether no new address is given
 * @param namespaceSelector the namespaces whose pods may have its addresses
 * @param reservations addresses that no pod gets
 */
public record PoolRules(
        String name,
        IpPrefix cidr,
        int blockSize,
        boolean disabled,
        LabelSelector namespaceSelector,
        List<IpPrefix> reservations) {
    /** Copies the reservations. */
    public PoolRules {
        reservations = List.copyOf(reservations);
    }

    /** The rules of an active pool: its range and block size are those of its status. */
    static PoolRules of(IpPool pool) {
        return new PoolRules(
                pool.name(),
                pool.status().cidr().orElse(pool.spec().cidr()),
                pool.status().blockSize(),
                pool.spec().disabled(),
                pool.spec().namespaceSelector(),
                pool.spec().reservations());
    }
}
