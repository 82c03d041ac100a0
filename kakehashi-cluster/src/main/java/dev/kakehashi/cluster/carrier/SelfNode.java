package dev.kakehashi.cluster.carrier;

import dev.kakehashi.cluster.node.Underlay;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.MacAddress;

import java.util.List;
import java.util.Optional;

/**
 * The node that is compiled for.
 *
 * @param name name of its Node
 * @param subnets its pods' addresses, at most one prefix of each family
 * @param underlay how it reaches other nodes
 * @param vtep hardware address of its VXLAN devices
 */
public record SelfNode(String name, List<IpPrefix> subnets, Underlay underlay, MacAddress vtep) {
    /** Copies the subnets. */
    public SelfNode {
        subnets = List.copyOf(subnets);
    }

    /** The subnet of a family. */
    public Optional<IpPrefix> subnet(boolean ipv4) {
        return subnets.stream().filter(subnet -> subnet.isIpv4() == ipv4).findFirst();
    }
}
