package dev.kakehashi.cluster.ipam;

import dev.kakehashi.cluster.IpamSpec;
import dev.kakehashi.cluster.Network;

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
    /** The defaults. */
    public static IpamSettings of(String node, String network) {
        return new IpamSettings(node, network, IpamSpec.DEFAULT_MIN_FREE, IpamSpec.DEFAULT_OFFLINE);
    }

    /** As a Network wants them. */
    public static IpamSettings of(String node, Network network) {
        return new IpamSettings(
                node,
                network.name(),
                network.spec().ipam().minFree(),
                network.spec().ipam().offline());
    }
}
