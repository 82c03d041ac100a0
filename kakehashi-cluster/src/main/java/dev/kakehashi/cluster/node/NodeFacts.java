package dev.kakehashi.cluster.node;

import dev.kakehashi.cluster.TunnelDevice;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.wireguard.WireguardKey;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a node knows about itself without the store.
 *
 * @param name name of its Node
 * @param underlay how it reaches other nodes
 * @param freshMacs random addresses for the VXLAN devices, used when the Node does not hold any
 *     already
 * @param former subnets it had before its Node was lost: taken again if they are free, for its pods
 *     use them
 * @param tunnelKeys its WireGuard public keys; what is not among them it has no more, but if it is
 *     empty nothing is known of them
 * @param tunnelPort UDP port of its first WireGuard device, where it is not that of the network
 * @param silent whether the Node is not to say more than who it is yet
 * @param now the time
 */
public record NodeFacts(
        String name,
        Underlay underlay,
        Vteps freshMacs,
        List<IpPrefix> former,
        Map<TunnelDevice, WireguardKey> tunnelKeys,
        Optional<Integer> tunnelPort,
        boolean silent,
        Instant now) {
    /** Copies what it is given. */
    public NodeFacts {
        former = List.copyOf(former);
        tunnelKeys = Map.copyOf(tunnelKeys);
    }

    /** A node that has no WireGuard key. */
    public static NodeFacts of(
            String name, Underlay underlay, Vteps freshMacs, List<IpPrefix> former, Instant now) {
        return new NodeFacts(
                name, underlay, freshMacs, former, Map.of(), Optional.empty(), false, now);
    }

    /** The same with these addresses for its VXLAN devices. */
    public NodeFacts withFreshMacs(Vteps macs) {
        return new NodeFacts(name, underlay, macs, former, tunnelKeys, tunnelPort, silent, now);
    }

    /** The same with these former subnets. */
    public NodeFacts withFormer(List<IpPrefix> subnets) {
        return new NodeFacts(
                name, underlay, freshMacs, subnets, tunnelKeys, tunnelPort, silent, now);
    }

    /** The same with these WireGuard public keys. */
    public NodeFacts withTunnelKeys(Map<TunnelDevice, WireguardKey> keys) {
        return new NodeFacts(name, underlay, freshMacs, former, keys, tunnelPort, silent, now);
    }

    /** The same with this port. */
    public NodeFacts withTunnelPort(Optional<Integer> port) {
        return new NodeFacts(name, underlay, freshMacs, former, tunnelKeys, port, silent, now);
    }

    /** The same of a node that says nothing that others would act on. */
    public NodeFacts silenced() {
        return new NodeFacts(name, underlay, freshMacs, former, tunnelKeys, tunnelPort, true, now);
    }
}
