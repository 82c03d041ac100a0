package dev.kakehashi.cluster.ipam;

import dev.kakehashi.linux.IpPrefix;

import java.net.InetAddress;
import java.util.Collection;
import java.util.Set;

/**
 * A block that this node gives addresses out of, or a single address that it borrowed.
 *
 * @param cidr its addresses
 * @param pool name of its pool
 * @param until when the node's right to use it without the store runs out, in milliseconds since
 *     the machine started
 * @param cursor index of the address given last
 * @param leaving whether it goes back to the pool: no address of it is given any more
 * @param source the block of the store that says whose it is: itself, or the lender's
 * @param givenUp addresses that this node does not give, since others may have borrowed them
 */
public record HeldBlock(
        IpPrefix cidr,
        String pool,
        long until,
        int cursor,
        boolean leaving,
        IpPrefix source,
        Set<InetAddress> givenUp) {
    /** Copies the set. */
    public HeldBlock {
        givenUp = Set.copyOf(givenUp);
    }

    /** A block of the node's own. */
    static HeldBlock own(IpPrefix cidr, String pool, long until) {
        return new HeldBlock(cidr, pool, until, 0, false, cidr, Set.of());
    }

    /** An address of another node's block. */
    static HeldBlock borrowed(InetAddress address, IpPrefix source, String pool, long until) {
        return new HeldBlock(IpPrefix.host(address), pool, until, 0, false, source, Set.of());
    }

    /** Whether it is an address of another node's block. */
    public boolean isBorrowed() {
        return !source.equals(cidr);
    }

    HeldBlock withUntil(long other) {
        return new HeldBlock(cidr, pool, other, cursor, leaving, source, givenUp);
    }

    HeldBlock withCursor(int other) {
        return new HeldBlock(cidr, pool, until, other, leaving, source, givenUp);
    }

    HeldBlock withGivenUp(Collection<InetAddress> other) {
        return new HeldBlock(cidr, pool, until, cursor, leaving, source, Set.copyOf(other));
    }

    HeldBlock asLeaving() {
        return new HeldBlock(cidr, pool, until, cursor, true, source, givenUp);
    }
}
