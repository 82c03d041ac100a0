package dev.kakehashi.cluster.node;

import dev.kakehashi.linux.MacAddress;

import java.util.List;

/**
 * Hardware addresses of a node's VXLAN devices, of which there is one for each family. Ours have
 * one address for both; Flannel gives each its own, and a node that is taken over keeps them.
 *
 * @param ipv4 of the device that carries IPv4
 * @param ipv6 of the one that carries IPv6
 */
public record Vteps(MacAddress ipv4, MacAddress ipv6) {
    /** One address for both. */
    public static Vteps of(MacAddress both) {
        return new Vteps(both, both);
    }

    /** That of a family. */
    public MacAddress of(boolean ofIpv4) {
        return ofIpv4 ? ipv4 : ipv6;
    }

    /** Both. */
    public List<MacAddress> all() {
        return List.of(ipv4, ipv6);
    }
}
