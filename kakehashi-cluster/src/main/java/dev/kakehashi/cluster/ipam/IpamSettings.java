package dev.kakehashi.cluster.ipam;

import java.time.Duration;

/**
 * How a node keeps its blocks. All nodes of a cluster need the same {@code offline}.
 *
 * @param node name of the Node
 * @param network name of the Network
 * @param minFree another block is claimed when fewer addresses of a pool are free
 * @param offline how long a node may give addresses of a block without reaching the store
 */
public record IpamSettings(String node, String network, int minFree, Duration offline) {
    /** Enough for a burst of pods while a block is claimed. */
    public static final int DEFAULT_MIN_FREE = 16;

    /** A night without a store. */
    public static final Duration DEFAULT_OFFLINE = Duration.ofHours(12);

    /** The defaults. */
    public static IpamSettings of(String node, String network) {
        return new IpamSettings(node, network, DEFAULT_MIN_FREE, DEFAULT_OFFLINE);
    }
}
