package dev.kakehashi.lab;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Where everything of a lab stands: a pure function of its specification.
 *
 * <p>The underlay is one namespace: a bridge for each segment, whose own address is the router of
 * that segment, and a link to the outside host. Underlay addresses are from the block for
 * benchmarks of network interconnects (RFC 2544), the outside host's from the one for documentation
 * (RFC 5737): neither is a real destination.
 */
record LabTopology(LabSpec spec) {

    static final String UNDERLAY_PREFIX = "198.18.";
    static final int UNDERLAY_LENGTH = 24;
    static final String OUTSIDE_ADDRESS = "203.0.113.10";
    static final String OUTSIDE_GATEWAY = "203.0.113.1";
    static final int OUTSIDE_LENGTH = 24;
    static final String POD_CIDR = "10.244.0.0/16";

    /** Namespace with the underlay's bridges. */
    String underlayNetns() {
        return spec.name() + "-underlay";
    }

    /** Namespace of the host outside the cluster. */
    String outsideNetns() {
        return spec.name() + "-outside";
    }

    int segments() {
        return Math.min(spec.segments(), spec.nodes());
    }

    /** The nodes, dealt round robin over the segments. */
    List<LabNode> nodes() {
        return IntStream.rangeClosed(1, spec.nodes()).mapToObj(this::node).toList();
    }

    private LabNode node(int index) {
        int segment = (index - 1) % segments() + 1;
        String network = UNDERLAY_PREFIX + segment + ".";
        return new LabNode(
                "node" + index,
                spec.name() + "-node" + index,
                segment,
                network + (10 + index),
                network + "1");
    }

    Optional<LabNode> node(String name) {
        return nodes().stream().filter(node -> node.name().equals(name)).findFirst();
    }

    /** The router's address on a segment. */
    static String gateway(int segment) {
        return UNDERLAY_PREFIX + segment + ".1";
    }

    /** Every namespace of the lab, in the order they are made. */
    List<String> namespaces() {
        return java.util.stream.Stream.concat(
                        java.util.stream.Stream.of(underlayNetns(), outsideNetns()),
                        nodes().stream().map(LabNode::netns))
                .toList();
    }

    /**
     * Whether a namespace's name is one that a lab of that name gives; another lab's name may begin
     * like it.
     */
    static boolean isNetnsOf(String lab, String netns) {
        if (!netns.startsWith(lab + "-")) {
            return false;
        }
        String rest = netns.substring(lab.length() + 1);
        return rest.equals("underlay")
                || rest.equals("outside")
                || (rest.startsWith("node")
                        && rest.length() > 4
                        && rest.substring(4).chars().allMatch(Character::isDigit));
    }
}
