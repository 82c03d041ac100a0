package dev.kakehashi.cluster.node;

import dev.kakehashi.cluster.KeyRotation;
import dev.kakehashi.cluster.Metadata;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.NetworkSpec;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.NodeAddress;
import dev.kakehashi.cluster.NodeAnnotations;
import dev.kakehashi.cluster.TunnelDevice;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.MacAddress;

import java.net.InetAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a node writes about itself into its Node for the others to read. Pure: applying it twice
 * changes nothing.
 */
public final class NodeRecord {
    /** As Flannel writes that there is nothing to say. */
    private static final String NO_DATA = "null";

    private NodeRecord() {}

    /**
     * The same Node saying nothing to nodes of Flannel yet. Those look once at a Node that is in
     * the network, and again only when one of these words changes ({@code handleUpdateLeaseEvent}
     * of {@code pkg/subnet/kube/kube.go}): said before the Node has its subnets, they would never
     * be heard.
     */
    static Node withoutFlannelsWords(Node node) {
        Metadata metadata = node.metadata();
        for (String key :
                List.of(
                        NodeAnnotations.FLANNEL_MANAGER,
                        NodeAnnotations.FLANNEL_BACKEND,
                        NodeAnnotations.FLANNEL_BACKEND_DATA,
                        NodeAnnotations.FLANNEL_BACKEND_V6_DATA,
                        NodeAnnotations.FLANNEL_PUBLIC_IP,
                        NodeAnnotations.FLANNEL_PUBLIC_IPV6)) {
            metadata = metadata.without(key);
        }
        return node.withMetadata(metadata);
    }

    /**
     * {@code node} saying {@code facts}. What is not the network's stays; a hardware address that
     * the Node holds already stays too, so that it survives a restart and peers need not learn
     * another one.
     */
    public static Node describe(Node node, Network network, NodeFacts facts) {
        if (facts.silent()) {
            return node.withAddresses(addresses(node, facts));
        }
        Vteps macs = VtepData.of(node, facts.freshMacs());
        Metadata metadata = node.metadata();
        if (metadata.created().equals(Instant.EPOCH)) {
            metadata = new Metadata(metadata.name(), metadata.annotations(), facts.now());
        }
        metadata =
                metadata.with(NodeAnnotations.VTEP_MAC, macs.ipv4().toString())
                        .with(NodeAnnotations.UNDERLAY_INTERFACE, facts.underlay().device())
                        .with(NodeAnnotations.FLANNEL_MANAGER, "true")
                        .with(NodeAnnotations.FLANNEL_BACKEND, network.spec().carrier().toString());
        metadata =
                macs.ipv6().equals(macs.ipv4())
                        ? metadata.without(NodeAnnotations.VTEP_MAC_IPV6)
                        : metadata.with(NodeAnnotations.VTEP_MAC_IPV6, macs.ipv6().toString());
        if (!facts.tunnelKeys().isEmpty()) {
            metadata = WireguardData.in(metadata, facts.tunnelKeys());
            String port = facts.tunnelPort().map(String::valueOf).orElse("");
            metadata =
                    port.isEmpty()
                            ? metadata.without(NodeAnnotations.WIREGUARD_PORT)
                            : metadata.with(NodeAnnotations.WIREGUARD_PORT, port);
        }
        metadata = family(metadata, network, facts, macs.ipv4(), true);
        metadata = family(metadata, network, facts, macs.ipv6(), false);
        return node.withMetadata(metadata).withAddresses(addresses(node, facts));
    }

    private static Metadata family(
            Metadata metadata, Network network, NodeFacts facts, MacAddress mac, boolean ipv4) {
        String addressKey =
                ipv4 ? NodeAnnotations.FLANNEL_PUBLIC_IP : NodeAnnotations.FLANNEL_PUBLIC_IPV6;
        String dataKey =
                ipv4
                        ? NodeAnnotations.FLANNEL_BACKEND_DATA
                        : NodeAnnotations.FLANNEL_BACKEND_V6_DATA;
        Optional<InetAddress> address = facts.underlay().address(ipv4);
        boolean used = network.spec().cidrs().stream().anyMatch(cidr -> cidr.isIpv4() == ipv4);
        if (address.isEmpty() || (ipv4 && !used)) {
            return metadata.without(addressKey).without(dataKey);
        }
        // IPv4 pods go by IPv6 too, where one of two nodes has no IPv4 address.
        InetAddress told = UnderlayAddress.overwritten(metadata, ipv4).orElse(address.get());
        Metadata said = metadata.with(addressKey, IpAddresses.format(told));
        return used
                ? said.with(dataKey, backendData(network, facts, mac, ipv4))
                : said.without(dataKey);
    }

    private static String backendData(
            Network network, NodeFacts facts, MacAddress mac, boolean ipv4) {
        NetworkSpec spec = network.spec();
        TunnelDevice device =
                !spec.wireguard().separate()
                        ? KeyRotation.of(network).device()
                        : ipv4 ? TunnelDevice.FIRST : TunnelDevice.SECOND;
        return switch (spec.carrier()) {
            case VXLAN -> VtepData.backendData(spec.vxlan().vni(), mac);
            case WIREGUARD ->
                    Optional.ofNullable(facts.tunnelKeys().get(device))
                            .map(key -> WireguardData.backendData(key, port(spec, device, facts)))
                            .orElse(NO_DATA);
            case HOST_GW, IPIP, BGP -> NO_DATA;
        };
    }

    private static int port(NetworkSpec spec, TunnelDevice device, NodeFacts facts) {
        return spec.wireguard().port(device, facts.tunnelPort());
    }

    /**
     * On Kubernetes the kubelet writes the addresses: we add one only where there is none of the
     * family.
     */
    private static List<NodeAddress> addresses(Node node, NodeFacts facts) {
        List<NodeAddress> addresses = new ArrayList<>(node.addresses());
        for (boolean ipv4 : new boolean[] {true, false}) {
            if (node.internalAddress(ipv4).isEmpty()) {
                facts.underlay()
                        .address(ipv4)
                        .map(ip -> new NodeAddress(NodeAddress.INTERNAL_IP, IpAddresses.format(ip)))
                        .ifPresent(addresses::add);
            }
        }
        return addresses;
    }
}
