package dev.kakehashi.cluster.node;

import dev.kakehashi.linux.IpPrefix;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * The network below the pods' network, as one node has it.
 *
 * @param device name of the interface
 * @param addresses its addresses with their prefix lengths; the first of a family is the one that
 *     others send to
 * @param mtu in octets
 * @param hearsRouters whether the kernel takes routes from the router advertisements that come by
 *     it, and is to go on when the node becomes a router
 */
public record Underlay(String device, List<IpPrefix> addresses, int mtu, boolean hearsRouters) {
    /** Copies the addresses. */
    public Underlay {
        addresses = List.copyOf(addresses);
    }

    /** One that hears no routers. */
    public Underlay(String device, List<IpPrefix> addresses, int mtu) {
        this(device, addresses, mtu, false);
    }

    /** The same, but it hears routers. */
    public Underlay hearingRouters() {
        return new Underlay(device, addresses, mtu, true);
    }

    /** The address of a family at which other nodes reach this one. */
    public Optional<InetAddress> address(boolean ipv4) {
        return addresses.stream()
                .filter(a -> a.isIpv4() == ipv4)
                .findFirst()
                .map(IpPrefix::address);
    }

    /** Whether an address is in the same segment: no router is between. */
    public boolean isOnLink(InetAddress other) {
        return addresses.stream().anyMatch(address -> address.contains(other));
    }
}
