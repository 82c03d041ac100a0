package dev.kakehashi.lab;

import java.util.List;

/**
 * One node of a lab, by name and place.
 *
 * @param name the node's name in the cluster, {@code node1} and so on
 * @param netns name of its network namespace below /run/netns
 * @param segment the underlay segment it is attached to, from 1
 * @param addresses its underlay addresses, one of each family of the lab
 * @param gateways the underlay's router on that segment, by the same families
 */
record LabNode(
        String name, String netns, int segment, List<String> addresses, List<String> gateways) {

    LabNode {
        addresses = List.copyOf(addresses);
        gateways = List.copyOf(gateways);
    }

    /** The first one, by which it is asked where one is enough. */
    String address() {
        return addresses.getFirst();
    }
}
