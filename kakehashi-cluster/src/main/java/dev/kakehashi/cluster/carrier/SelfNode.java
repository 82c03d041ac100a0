package dev.kakehashi.cluster.carrier;

import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.node.Underlay;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.MacAddress;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The node that is compiled for.
 *
 * @param name name of its Node
 * @param subnets its pods' addresses: at most one prefix of each family, or its blocks
 * @param underlay how it reaches other nodes
 * @param vtep hardware address of its VXLAN devices
 * @param tunnelKey its WireGuard key; needed where the network may encrypt
 */
public record SelfNode(
        String name,
        List<IpPrefix> subnets,
        Underlay underlay,
        MacAddress vtep,
        Optional<NodeTunnelKey> tunnelKey) {
    /** Copies the subnets. */
    public SelfNode {
        subnets = List.copyOf(subnets);
    }

    /** A node that has no WireGuard key. */
    public static SelfNode of(
            String name, List<IpPrefix> subnets, Underlay underlay, MacAddress vtep) {
        return new SelfNode(name, subnets, underlay, vtep, Optional.empty());
    }

    /** The same with a WireGuard key. */
    public SelfNode withTunnelKey(NodeTunnelKey key) {
        return new SelfNode(name, subnets, underlay, vtep, Optional.of(key));
    }

    /** The subnets of a family. */
    public List<IpPrefix> subnets(boolean ipv4) {
        return subnets.stream().filter(subnet -> subnet.isIpv4() == ipv4).toList();
    }

    /**
     * The families in which it is part of the network, each by whether it is IPv4. A node that
     * holds no block yet is: it has pods of others to talk to.
     */
    List<Boolean> families(Network network) {
        List<Boolean> families = new ArrayList<>(2);
        for (IpPrefix prefix : network.spec().usesPools() ? network.spec().cidrs() : subnets) {
            if (!families.contains(prefix.isIpv4())) {
                families.add(prefix.isIpv4());
            }
        }
        return families;
    }
}
