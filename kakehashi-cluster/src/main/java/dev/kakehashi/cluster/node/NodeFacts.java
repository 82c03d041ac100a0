package dev.kakehashi.cluster.node;

import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.wireguard.WireguardKey;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a node knows about itself without the store.
 *
 * @param name name of its Node
 * @param underlay how it reaches other nodes
 * @param freshMac a random address for the VXLAN device, used when the Node does not hold one
 *     already
 * @param former subnets it had before its Node was lost: taken again if they are free, for its pods
 *     use them
 * @param tunnelKey its WireGuard public key, if it has one
 * @param now the time
 */
public record NodeFacts(
        String name,
        Underlay underlay,
        MacAddress freshMac,
        List<IpPrefix> former,
        Optional<WireguardKey> tunnelKey,
        Instant now) {
    /** Copies the subnets. */
    public NodeFacts {
        former = List.copyOf(former);
    }

    /** A node that has no WireGuard key. */
    public static NodeFacts of(
            String name,
            Underlay underlay,
            MacAddress freshMac,
            List<IpPrefix> former,
            Instant now) {
        return new NodeFacts(name, underlay, freshMac, former, Optional.empty(), now);
    }

    /** The same with a WireGuard public key. */
    public NodeFacts withTunnelKey(WireguardKey key) {
        return new NodeFacts(name, underlay, freshMac, former, Optional.of(key), now);
    }
}
