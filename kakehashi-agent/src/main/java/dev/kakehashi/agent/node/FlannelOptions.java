package dev.kakehashi.agent.node;

import dev.kakehashi.cluster.store.StoreAddress;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What a node has to do with Flannel, besides the annotations of Nodes, which it always writes and
 * reads.
 *
 * @param etcd where Flannel's etcd is, its prefix the address's path; empty: no leases are kept
 * @param subnetFile where the node's subnets are written for plugins; empty: nowhere
 */
public record FlannelOptions(Optional<StoreAddress> etcd, Optional<Path> subnetFile) {
    /** Nothing. */
    public static final FlannelOptions NONE =
            new FlannelOptions(Optional.empty(), Optional.empty());

    /** Flannel's {@code --etcd-prefix}. */
    public static final String DEFAULT_PREFIX = "/coreos.com/network";

    /** Flannel's {@code --subnet-file}. */
    public static final Path DEFAULT_SUBNET_FILE = Path.of("/run/flannel/subnet.env");

    /**
     * Flannel's etcd at an address, whose path is the prefix.
     *
     * @param address {@code etcd://HOST:PORT,…[/PREFIX][?OPTION=VALUE&…]}
     */
    public static StoreAddress etcd(String address) {
        StoreAddress parsed = StoreAddress.parse(address);
        if (parsed.scheme().equals(StoreAddress.DIRECTORY)) {
            throw new IllegalArgumentException(
                    "'" + address + "' is not where an etcd is: write etcd://HOST:PORT");
        }
        boolean hasPrefix = !parsed.path().isEmpty() && !parsed.path().equals("/");
        return hasPrefix
                ? parsed
                : new StoreAddress(
                        parsed.scheme(),
                        parsed.authority(),
                        DEFAULT_PREFIX,
                        parsed.options(),
                        parsed.text());
    }
}
