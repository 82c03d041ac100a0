package dev.kakehashi.lab;

import dev.kakehashi.cluster.CarrierName;
import dev.kakehashi.cluster.IpamType;
import dev.kakehashi.cluster.PodLink;

import java.util.Arrays;
import java.util.List;

/**
 * What a user asks a lab to be.
 *
 * @param name prefix of every namespace of this lab: a letter, then letters, digits or {@code -}
 * @param nodes how many nodes, 1 to 200
 * @param podsPerNode how many pods each node starts with, 0 to 100
 * @param carrier how packets travel between nodes, as in a Network: {@code vxlan}, {@code host-gw}
 *     …
 * @param segments how many underlay segments the nodes are spread over, with a router between them
 * @param ipam where pods' addresses come from, as in a Network: {@code podCIDR} or {@code pools}
 * @param podLink how a pod is joined to its node, as in a Network: {@code bridge} or {@code routed}
 * @param ipFamily of which families the addresses are: {@code ipv4}, {@code ipv6} or {@code dual}
 */
public record LabSpec(
        String name,
        int nodes,
        int podsPerNode,
        String carrier,
        int segments,
        String ipam,
        String podLink,
        String ipFamily) {

    /** The carriers, as they are written in a Network. */
    public static final List<String> CARRIERS =
            Arrays.stream(CarrierName.values()).map(CarrierName::toString).toList();

    /** Where addresses come from, as it is written in a Network. */
    public static final List<String> IPAM_TYPES =
            Arrays.stream(IpamType.values()).map(IpamType::toString).toList();

    /** How pods are joined to their nodes, as it is written in a Network. */
    public static final List<String> POD_LINKS =
            Arrays.stream(PodLink.values()).map(PodLink::toString).toList();

    /** The families of addresses that a lab can have. */
    public static final List<String> IP_FAMILIES =
            Arrays.stream(LabFamily.values()).map(LabFamily::toString).toList();

    /** The lab's name where the user gives none. */
    public static final String DEFAULT_NAME = "kakehashi";

    /**
     * Checks the values against their limits.
     *
     * @throws IllegalArgumentException naming the option, its value and what is allowed
     */
    public LabSpec {
        // Namespace names become file names below /run/netns; they are kept short enough to read.
        if (!isName(name)) {
            throw new IllegalArgumentException(
                    "lab name \""
                            + name
                            + "\" must be 1 to 20 letters, digits or '-', beginning with a letter");
        }
        require("--nodes", nodes, 1, 200);
        require("--pods-per-node", podsPerNode, 0, 100);
        require("--segments", segments, 1, 50);
        require("--carrier", carrier, CARRIERS);
        require("--ipam", ipam, IPAM_TYPES);
        require("--pod-link", podLink, POD_LINKS);
        require("--ip-family", ipFamily, IP_FAMILIES);
        if (carrier.equals(CarrierName.IPIP.toString()) && LabFamily.of(ipFamily).hasIpv6()) {
            throw new IllegalArgumentException(
                    "--carrier ipip carries IPv4 only; use another one, or --ip-family ipv4");
        }
        boolean routed = carrier.equals("host-gw") || carrier.equals("bgp");
        if (routed && Math.min(segments, nodes) > 1) {
            throw new IllegalArgumentException(
                    "--carrier "
                            + carrier
                            + " needs all nodes in one segment: a router between them does"
                            + " not know the pods' subnets; use --segments 1 or --carrier vxlan");
        }
    }

    /** The same with another carrier. */
    LabSpec withCarrier(String other) {
        return new LabSpec(name, nodes, podsPerNode, other, segments, ipam, podLink, ipFamily);
    }

    /** The same with addresses from elsewhere. */
    public LabSpec withIpam(String other) {
        return new LabSpec(name, nodes, podsPerNode, carrier, segments, other, podLink, ipFamily);
    }

    /** The same with pods joined to their nodes in another way. */
    public LabSpec withPodLink(String other) {
        return new LabSpec(name, nodes, podsPerNode, carrier, segments, ipam, other, ipFamily);
    }

    /** The same with addresses of other families. */
    public LabSpec withIpFamily(String other) {
        return new LabSpec(name, nodes, podsPerNode, carrier, segments, ipam, podLink, other);
    }

    LabFamily family() {
        return LabFamily.of(ipFamily);
    }

    /** Whether pods have addresses of pools. */
    boolean usesPools() {
        return ipam.equals(IpamType.POOLS.toString());
    }

    /** With IPv4 addresses of the nodes' subnets, and bridges. */
    public LabSpec(String name, int nodes, int podsPerNode, String carrier, int segments) {
        this(
                name,
                nodes,
                podsPerNode,
                carrier,
                segments,
                IpamType.POD_CIDR.toString(),
                PodLink.BRIDGE.toString(),
                LabFamily.IPV4.toString());
    }

    private static boolean isName(String name) {
        if (name.isEmpty() || name.length() > 20 || !isLetter(name.charAt(0))) {
            return false;
        }
        return name.chars().allMatch(c -> isLetter(c) || (c >= '0' && c <= '9') || c == '-');
    }

    private static boolean isLetter(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    private static void require(String option, String value, List<String> allowed) {
        if (!allowed.contains(value)) {
            throw new IllegalArgumentException(
                    option
                            + " \""
                            + value
                            + "\" is not known; use one of "
                            + String.join(", ", allowed));
        }
    }

    private static void require(String option, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(
                    option + " " + value + " is out of range: " + min + " to " + max);
        }
    }
}
