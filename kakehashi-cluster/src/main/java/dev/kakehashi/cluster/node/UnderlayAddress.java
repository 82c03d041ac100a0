package dev.kakehashi.cluster.node;

import dev.kakehashi.cluster.Metadata;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.NodeAddress;
import dev.kakehashi.cluster.NodeAnnotations;
import dev.kakehashi.linux.IpPrefix;

import java.net.InetAddress;
import java.util.Optional;

/**
 * Where a node is reached on the underlay, as its Node says. Whether it is so is another matter.
 */
public final class UnderlayAddress {
    private UnderlayAddress() {}

    /**
     * The node's own address of a family. Who tells one of a family in its annotations has no more
     * than it tells: its InternalIPs are the kubelet's, perhaps of another interface or gone. They
     * are taken of a Node that tells nothing.
     */
    public static Optional<InetAddress> of(Node node, boolean ipv4) {
        Optional<InetAddress> told = told(node, ipv4);
        return told.isPresent() || told(node, !ipv4).isPresent()
                ? told
                : node.internalAddress(ipv4);
    }

    /**
     * The address that others are to send to: that which an operator has set before the node's own.
     * It replaces one, and gives a node none of a family that it says it is without.
     */
    public static Optional<InetAddress> sentTo(Node node, boolean ipv4) {
        Optional<InetAddress> own = of(node, ipv4);
        return own.isEmpty() && told(node, !ipv4).isPresent()
                ? own
                : overwritten(node.metadata(), ipv4).or(() -> own);
    }

    /** What a node tells in its annotations. */
    public static Optional<InetAddress> told(Node node, boolean ipv4) {
        return address(
                node.metadata(),
                ipv4 ? NodeAnnotations.FLANNEL_PUBLIC_IP : NodeAnnotations.FLANNEL_PUBLIC_IPV6,
                ipv4);
    }

    /** Where an operator wants others to send to: as Flannel does, it is told as the node's own. */
    static Optional<InetAddress> overwritten(Metadata metadata, boolean ipv4) {
        return address(
                metadata,
                ipv4
                        ? NodeAnnotations.FLANNEL_PUBLIC_IP_OVERWRITE
                        : NodeAnnotations.FLANNEL_PUBLIC_IPV6_OVERWRITE,
                ipv4);
    }

    private static Optional<InetAddress> address(Metadata metadata, String key, boolean ipv4) {
        return new NodeAddress("", metadata.annotations().getOrDefault(key, ""))
                .ip()
                .filter(ip -> IpPrefix.host(ip).isIpv4() == ipv4);
    }
}
