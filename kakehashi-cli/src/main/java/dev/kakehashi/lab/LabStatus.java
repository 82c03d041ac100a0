package dev.kakehashi.lab;

import java.util.List;

/**
 * What a lab consists of now.
 *
 * @param name the lab
 * @param carrier how packets travel between its nodes
 * @param nodes its nodes
 * @param pods its pods
 */
public record LabStatus(String name, String carrier, List<Node> nodes, List<Pod> pods) {

    /**
     * A node of the lab.
     *
     * @param name the node
     * @param address its underlay address
     * @param podCidr the subnet of its pods, or its blocks; empty while it has none
     * @param agent {@code running} with the process number, or {@code down}
     * @param netns name of its network namespace on the machine
     */
    public record Node(String name, String address, String podCidr, String agent, String netns) {}

    /**
     * A pod of the lab.
     *
     * @param name the pod
     * @param node where it runs
     * @param address its address
     */
    public record Pod(String name, String node, String address) {}
}
