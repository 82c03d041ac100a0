package dev.kakehashi.cluster.carrier;

import dev.kakehashi.cluster.TunnelDevice;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.wireguard.WireguardKey;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Another node, as a carrier needs to know it.
 *
 * @param name name of its Node
 * @param endpoints where its pods are, at most one of each family, each with a subnet at least
 * @param tunnelKeys its WireGuard keys, as far as it has said them
 * @param tunnelPorts UDP ports of its WireGuard devices, where it has said them
 * @param podMtu MTU of its pods in octets; empty when it has said none
 */
public record Peer(
        String name,
        List<Endpoint> endpoints,
        Map<TunnelDevice, WireguardKey> tunnelKeys,
        Map<TunnelDevice, Integer> tunnelPorts,
        OptionalInt podMtu) {
    /**
     * One family of a peer.
     *
     * @param subnets the pods' addresses: the node's subnet, or its blocks
     * @param underlay the node's own address, of the same family where both sides have one
     * @param ofItsFamily whether the node has an address of that family, also where it is reached
     *     by another
     * @param vtep hardware address of its VXLAN device; empty when it has said none
     */
    public record Endpoint(
            List<IpPrefix> subnets,
            InetAddress underlay,
            boolean ofItsFamily,
            Optional<MacAddress> vtep) {
        /** Copies the subnets. */
        public Endpoint {
            subnets = List.copyOf(subnets);
        }

        /** Whether the pods' addresses are of IPv4. */
        public boolean isIpv4() {
            return subnets.getFirst().isIpv4();
        }

        /** Whether the node's own address is of IPv4. */
        boolean isByIpv4() {
            return IpPrefix.host(underlay).isIpv4();
        }

        /** The pods' addresses in words. */
        String pods() {
            return subnets.size() == 1
                    ? subnets.getFirst().toString()
                    : subnets.getFirst() + " and " + (subnets.size() - 1) + " more";
        }
    }

    /** Copies what it is given. */
    public Peer {
        endpoints = List.copyOf(endpoints);
        tunnelKeys = Map.copyOf(tunnelKeys);
        tunnelPorts = Map.copyOf(tunnelPorts);
    }

    /** The endpoint of a family. */
    public Optional<Endpoint> endpoint(boolean ipv4) {
        return endpoints.stream().filter(e -> e.isIpv4() == ipv4).findFirst();
    }
}
