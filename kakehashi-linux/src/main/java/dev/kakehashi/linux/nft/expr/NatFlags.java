package dev.kakehashi.linux.nft.expr;

/**
 * How a translation chooses among addresses and ports (linux/netfilter/nf_nat.h, {@code
 * NF_NAT_RANGE_*}).
 */
public final class NatFlags {
    /** An address is given. The kernel adds it by itself. */
    public static final int MAP_IPS = 1;

    /** A port is given; {@code nft} and this library set it, the kernel also adds it by itself. */
    public static final int PROTO_SPECIFIED = 1 << 1;

    /** {@code random}: ports are chosen by a hash with a random seed. */
    public static final int RANDOM = 1 << 2;

    /** {@code persistent}: a client keeps its address. */
    public static final int PERSISTENT = 1 << 3;

    /**
     * {@code fully-random}: ports are chosen at random, which spares connections started at once
     * from collisions.
     */
    public static final int FULLY_RANDOM = 1 << 4;

    /** The port is chosen by its distance from the lowest one. */
    public static final int PROTO_OFFSET = 1 << 5;

    /** The whole network is mapped one to one. */
    public static final int NETMAP = 1 << 6;

    private NatFlags() {}
}
