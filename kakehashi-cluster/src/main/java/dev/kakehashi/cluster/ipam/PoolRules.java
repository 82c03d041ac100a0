package dev.kakehashi.cluster.ipam;

import dev.kakehashi.cluster.AssignmentMode;
import dev.kakehashi.cluster.IpPool;
import dev.kakehashi.cluster.LabelSelector;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.PodLink;
import dev.kakehashi.linux.IpPrefix;

import java.util.List;
import java.util.Optional;

/**
 * What a node must know of a pool to give its addresses while the store is gone.
 *
 * @param name the pool's name
 * @param cidr its addresses
 * @param blockSize prefix length of its blocks
 * @param disabled whether no new address is given
 * @param namespaceSelector the namespaces whose pods may have its addresses
 * @param reservations addresses that no pod gets
 * @param borrowing whether nodes may use addresses of each other's blocks
 */
public record PoolRules(
        String name,
        IpPrefix cidr,
        int blockSize,
        boolean disabled,
        LabelSelector namespaceSelector,
        List<IpPrefix> reservations,
        boolean borrowing) {
    /** Copies the reservations. */
    public PoolRules {
        reservations = List.copyOf(reservations);
    }

    /**
     * The rules of an active pool: its range and block size are those of its status.
     *
     * @param network the pool's, if it is known
     */
    static PoolRules of(IpPool pool, Optional<Network> network) {
        return new PoolRules(
                pool.name(),
                pool.status().cidr().orElse(pool.spec().cidr()),
                pool.status().blockSize(),
                pool.spec().disabled(),
                pool.spec().namespaceSelector(),
                pool.spec().reservations(),
                pool.spec().assignment() == AssignmentMode.BORROW
                        && network.filter(PoolRules::canBorrow).isPresent());
    }

    /**
     * Whether pods can have addresses of other nodes' blocks: joined by a bridge, the pods of the
     * lender would look for such an address on their own link.
     */
    static boolean canBorrow(Network network) {
        return network.spec().podLink() == PodLink.ROUTED;
    }
}
