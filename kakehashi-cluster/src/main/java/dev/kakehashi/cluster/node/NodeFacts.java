package dev.kakehashi.cluster.node;

import dev.kakehashi.cluster.carrier.Underlay;
import dev.kakehashi.linux.MacAddress;

import java.time.Instant;

/**
 * What a node knows about itself without the store.
 *
 * @param name name of its Node
 * @param underlay how it reaches other nodes
 * @param freshMac a random address for the VXLAN device, used when the Node does not hold one
 *     already
 * @param now the time
 */
public record NodeFacts(String name, Underlay underlay, MacAddress freshMac, Instant now) {}
