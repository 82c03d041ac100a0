package dev.kakehashi.lab;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Where everything of a lab stands: a pure function of its specification.
 *
 * <p>The underlay is one namespace: a bridge for each segment, whose own address is the router of
 * that segment, and a link to the outside host. Underlay addresses are from the block for
 * benchmarks of network interconnects (RFC 2544; RFC 5180, corrected by its erratum 1752), the
 * outside host's from the one for documentation (RFC 5737, RFC 3849): none is a real destination.
 */
record LabTopology(LabSpec spec) {

    static final String UNDERLAY_PREFIX = "198.18.";
    static final String UNDERLAY_PREFIX_IPV6 = "2001:2:0:";
    static final String OUTSIDE_ADDRESS = "203.0.113.10";
    static final String OUTSIDE_ADDRESS_IPV6 = "2001:db8::10";
    static final String OUTSIDE_GATEWAY = "203.0.113.1";
    static final String OUTSIDE_GATEWAY_IPV6 = "2001:db8::1";
    static final String POD_CIDR = "10.244.0.0/16";

    /** Of a kube-controller-manager that gives each node a /64, as it does when it is not told. */
    static final String POD_CIDR_IPV6 = "fd00:10:244::/56";

    LabFamily family() {
        return spec.family();
    }

    /** Of the pods, one of each family. */
    List<String> podCidrs() {
        return family().of(POD_CIDR, POD_CIDR_IPV6);
    }

    /** Of the host outside the cluster, one of each family. */
    List<String> outsideAddresses() {
        return family().of(OUTSIDE_ADDRESS, OUTSIDE_ADDRESS_IPV6);
    }

    /** The router's on the link to that host, by the same families. */
    List<String> outsideGateways() {
        return family().of(OUTSIDE_GATEWAY, OUTSIDE_GATEWAY_IPV6);
    }

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
        return new LabNode(
                "node" + index,
                spec.name() + "-node" + index,
                segment,
                family().of(
                                UNDERLAY_PREFIX + segment + "." + (10 + index),
                                UNDERLAY_PREFIX_IPV6 + segment + "::" + (10 + index)),
                gateways(segment));
    }

    Optional<LabNode> node(String name) {
        return nodes().stream().filter(node -> node.name().equals(name)).findFirst();
    }

    /** The router's addresses on a segment. */
    List<String> gateways(int segment) {
        return family().of(
                        UNDERLAY_PREFIX + segment + ".1", UNDERLAY_PREFIX_IPV6 + segment + "::1");
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
