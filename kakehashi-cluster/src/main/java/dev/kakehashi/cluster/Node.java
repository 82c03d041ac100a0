package dev.kakehashi.cluster;

import dev.kakehashi.linux.IpPrefix;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A node of the cluster ({@code core/v1 Node}), with the fields a network needs.
 *
 * @param metadata name, annotations (see {@link NodeAnnotations})
 * @param podCidrs {@code spec.podCIDRs}: the node's own subnets, at most one of each family; empty
 *     until assigned
 * @param addresses {@code status.addresses}
 * @param conditions {@code status.conditions}
 * @param origin the object as it was read
 */
public record Node(
        Metadata metadata,
        List<IpPrefix> podCidrs,
        List<NodeAddress> addresses,
        List<Condition> conditions,
        Tree origin)
        implements ClusterObject {
    /** Copies the lists. */
    public Node {
        podCidrs = List.copyOf(podCidrs);
        addresses = List.copyOf(addresses);
        conditions = List.copyOf(conditions);
    }

    /** A new node that has nothing but a name. */
    public static Node named(String name) {
        return new Node(Metadata.named(name), List.of(), List.of(), List.of(), Tree.empty());
    }

    /** The same node with other metadata. */
    public Node withMetadata(Metadata other) {
        return new Node(other, podCidrs, addresses, conditions, origin);
    }

    /** The same node with other subnets. */
    public Node withPodCidrs(List<IpPrefix> other) {
        return new Node(metadata, other, addresses, conditions, origin);
    }

    /** The same node with other addresses. */
    public Node withAddresses(List<NodeAddress> other) {
        return new Node(metadata, podCidrs, other, conditions, origin);
    }

    /** The same node with other conditions. */
    public Node withConditions(List<Condition> other) {
        return new Node(metadata, podCidrs, addresses, other, origin);
    }

    /**
     * What a node follows of it: all of itself, and of every other one the labels beside what has a
     * name here. Another node's is not to be written.
     */
    public Node seenBy(String node) {
        if (name().equals(node)) {
            return this;
        }
        Map<String, String> labels = LabelSelector.labelsOf(this);
        Tree kept =
                labels.isEmpty()
                        ? Tree.empty()
                        : new Tree(Map.of("metadata", Map.of("labels", labels)));
        return new Node(metadata, podCidrs, addresses, conditions, kept);
    }

    /** The node's subnet of one family. */
    public Optional<IpPrefix> podCidr(boolean ipv4) {
        return podCidrs.stream().filter(cidr -> cidr.isIpv4() == ipv4).findFirst();
    }

    /**
     * The address at which other nodes reach this one, of one family: its first {@code InternalIP}.
     */
    public Optional<InetAddress> internalAddress(boolean ipv4) {
        return addresses.stream()
                .filter(address -> address.type().equals(NodeAddress.INTERNAL_IP))
                .flatMap(address -> address.ip().stream())
                .filter(ip -> (ip instanceof java.net.Inet4Address) == ipv4)
                .findFirst();
    }

    /** The condition of a type. */
    public Optional<Condition> condition(String type) {
        return conditions.stream().filter(condition -> condition.type().equals(type)).findFirst();
    }
}
