package dev.kakehashi.lab;

/**
 * One node of a lab, by name and place.
 *
 * @param name the node's name in the cluster, {@code node1} and so on
 * @param netns name of its network namespace below /run/netns
 * @param segment the underlay segment it is attached to, from 1
 * @param address its underlay IPv4 address
 * @param gateway the underlay's router on that segment
 */
record LabNode(String name, String netns, int segment, String address, String gateway) {}
