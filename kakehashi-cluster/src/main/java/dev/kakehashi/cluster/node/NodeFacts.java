package dev.kakehashi.cluster.node;

import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.MacAddress;

import java.time.Instant;
import java.util.List;

/**
 * What a node knows about itself without the store.
 *
 * @param name name of its Node
 * @param underlay how it reaches other nodes
 * @param freshMac a random address for the VXLAN device, used when the Node does not hold one
 *     already
 * @param former subnets it had before its Node was lost: taken again if they are free, for its pods
 *     use them
 * @param now the time
 */
public record NodeFacts(
        String name, Underlay underlay, MacAddress freshMac, List<IpPrefix> former, Instant now) {
    /** Copies the subnets. */
    public NodeFacts {
        former = List.copyOf(former);
    }
}
