package dev.kakehashi.agent.status;

import dev.kakehashi.linux.IpPrefix;

/**
 * Where a node's pods get addresses from: its subnet, one of its blocks, or an address that it
 * borrowed of another node's block.
 *
 * @param cidr its addresses
 * @param pool of which pool; empty for a subnet
 * @param addresses how many pods may have
 * @param used how many they have
 * @param leaving whether it is being given back: no address of it is given any more
 */
public record AddressRange(IpPrefix cidr, String pool, long addresses, long used, boolean leaving) {
    private static final int MOST_BITS = 62;

    /** How many addresses pods may have of a subnet: not its first two, nor IPv4's last. */
    public static long forPods(IpPrefix subnet) {
        int bits = subnet.bits() - subnet.length();
        long own = subnet.isIpv4() ? 3 : 2;
        if (bits == 0) {
            return 1;
        }
        return bits > MOST_BITS ? Long.MAX_VALUE : Math.max(0, (1L << bits) - own);
    }

    /** Whether it is a single address of another node's block: a block has more than one. */
    public boolean isBorrowed() {
        return !pool.isEmpty() && cidr.length() == cidr.bits();
    }

    /** What it is to the node, in a word: {@code held}, {@code borrowed} or {@code leaving}. */
    public String state() {
        return leaving ? "leaving" : isBorrowed() ? "borrowed" : "held";
    }

    /** How many are left. */
    public long free() {
        return leaving ? 0 : Math.max(0, addresses - used);
    }
}
