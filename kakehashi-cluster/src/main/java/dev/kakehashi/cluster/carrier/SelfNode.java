package dev.kakehashi.cluster.carrier;

import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.TunnelDevice;
import dev.kakehashi.cluster.node.Underlay;
import dev.kakehashi.cluster.node.Vteps;
import dev.kakehashi.linux.IpPrefix;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The node that is compiled for.
 *
 * @param name name of its Node
 * @param subnets its pods' addresses: at most one prefix of each family, or its blocks
 * @param underlay how it reaches other nodes
 * @param vteps hardware addresses of its VXLAN devices
 * @param tunnelKeys its WireGuard keys; needed for each device by which it may encrypt
 * @param tunnelPort UDP port of its first WireGuard device, where it is not that of the network
 * @param narrowPaths octets that a packet may have on the way to an underlay address of a peer,
 *     where that is less than the MTU of its own underlay
 * @param tunnelsBeside devices of another's WireGuard, from which the node is being taken over
 */
public record SelfNode(
        String name,
        List<IpPrefix> subnets,
        Underlay underlay,
        Vteps vteps,
        Map<TunnelDevice, NodeTunnelKey> tunnelKeys,
        Optional<Integer> tunnelPort,
        Map<InetAddress, Integer> narrowPaths,
        List<String> tunnelsBeside) {
    /** Copies what it is given. */
    public SelfNode {
        subnets = List.copyOf(subnets);
        tunnelKeys = Map.copyOf(tunnelKeys);
        narrowPaths = Map.copyOf(narrowPaths);
        tunnelsBeside = List.copyOf(tunnelsBeside);
    }

    /** A node that has no WireGuard key. */
    public static SelfNode of(String name, List<IpPrefix> subnets, Underlay underlay, Vteps vteps) {
        return new SelfNode(
                name, subnets, underlay, vteps, Map.of(), Optional.empty(), Map.of(), List.of());
    }

    /** The same with pods elsewhere. */
    SelfNode withSubnets(List<IpPrefix> other) {
        return new SelfNode(
                name, other, underlay, vteps, tunnelKeys, tunnelPort, narrowPaths, tunnelsBeside);
    }

    /** The same with these WireGuard keys. */
    public SelfNode withTunnelKeys(Map<TunnelDevice, NodeTunnelKey> keys) {
        return new SelfNode(
                name, subnets, underlay, vteps, keys, tunnelPort, narrowPaths, tunnelsBeside);
    }

    /** The same with this port. */
    public SelfNode withTunnelPort(Optional<Integer> port) {
        return new SelfNode(
                name, subnets, underlay, vteps, tunnelKeys, port, narrowPaths, tunnelsBeside);
    }

    /** The same with what is known of the paths to peers. */
    public SelfNode withNarrowPaths(Map<InetAddress, Integer> paths) {
        return new SelfNode(
                name, subnets, underlay, vteps, tunnelKeys, tunnelPort, paths, tunnelsBeside);
    }

    /** The same beside these devices. */
    public SelfNode withTunnelsBeside(List<String> devices) {
        return new SelfNode(
                name, subnets, underlay, vteps, tunnelKeys, tunnelPort, narrowPaths, devices);
    }

    /** The WireGuard key of a device. */
    Optional<NodeTunnelKey> tunnelKey(TunnelDevice device) {
        return Optional.ofNullable(tunnelKeys.get(device));
    }

    /** The subnets of a family. */
    public List<IpPrefix> subnets(boolean ipv4) {
        return subnets.stream().filter(subnet -> subnet.isIpv4() == ipv4).toList();
    }

    /**
     * Those of a family that hold an address of the node itself, the first: not the single
     * addresses that it borrowed, which are pods'.
     */
    public List<IpPrefix> wholeSubnets(boolean ipv4) {
        return subnets(ipv4).stream().filter(subnet -> subnet.length() < subnet.bits()).toList();
    }

    /**
     * Whether it is by IPv4 that pods' packets of a family go to other nodes. Those of IPv4 go by
     * IPv6 where the node has nothing else; those of IPv6 never go by IPv4, as the kernel takes no
     * IPv4 gateway for them.
     */
    boolean goesByIpv4(boolean ipv4) {
        return ipv4 && underlay.address(true).isPresent();
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
