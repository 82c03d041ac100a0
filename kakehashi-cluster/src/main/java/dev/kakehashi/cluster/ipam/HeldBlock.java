package dev.kakehashi.cluster.ipam;

import dev.kakehashi.linux.IpPrefix;

/**
 * A block that this node gives addresses out of.
 *
 * @param cidr its addresses
 * @param pool name of its pool
 * @param until when the node's right to use it without the store runs out, in milliseconds since
 *     the machine started
 * @param cursor index of the address given last
 * @param leaving whether it goes back to the pool: no address of it is given any more
 */
public record HeldBlock(IpPrefix cidr, String pool, long until, int cursor, boolean leaving) {
    HeldBlock withUntil(long other) {
        return new HeldBlock(cidr, pool, other, cursor, leaving);
    }

    HeldBlock withCursor(int other) {
        return new HeldBlock(cidr, pool, until, other, leaving);
    }

    HeldBlock asLeaving() {
        return new HeldBlock(cidr, pool, until, cursor, true);
    }
}
