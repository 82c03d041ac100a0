package dev.kakehashi.cluster;

import java.time.Duration;

/**
 * Where the addresses of a network's pods come from. All but the type is about pools.
 *
 * @param type out of Nodes' subnets, or of pools
 * @param minFree a node claims another block when it has fewer free addresses of a pool
 * @param offline how long a node may give addresses of its blocks without reaching the store, in
 *     whole seconds; as long as a deleted Node's blocks stay away
 */
public record IpamSpec(IpamType type, int minFree, Duration offline) {
    /** Enough for a burst of pods while a block is claimed. */
    public static final int DEFAULT_MIN_FREE = 16;

    /** More would be blocks of which hardly anything is used. */
    static final int MAX_MIN_FREE = 1024;

    /** A night without a store. */
    public static final Duration DEFAULT_OFFLINE = Duration.ofHours(12);

    /** The Nodes' subnets. */
    public static IpamSpec defaults() {
        return new IpamSpec(IpamType.POD_CIDR, DEFAULT_MIN_FREE, DEFAULT_OFFLINE);
    }

    /** Pools, with the defaults. */
    public static IpamSpec pools() {
        return new IpamSpec(IpamType.POOLS, DEFAULT_MIN_FREE, DEFAULT_OFFLINE);
    }
}
