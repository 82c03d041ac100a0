package dev.kakehashi.cluster.flannel;

import dev.kakehashi.cluster.KeyRotation;
import dev.kakehashi.cluster.Metadata;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.NodeAnnotations;
import dev.kakehashi.cluster.Tree;
import dev.kakehashi.cluster.TunnelDevice;
import dev.kakehashi.cluster.carrier.Way;
import dev.kakehashi.cluster.node.NodeKeeper;
import dev.kakehashi.cluster.node.UnderlayAddress;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;

import java.net.InetAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Nodes of Flannel as carriers know nodes, and ours as Flannel knows them. Pure.
 *
 * <p>Leases carry no names: a node is known by its address on the underlay. Where a lease and a
 * Node have the same, the lease is believed, since who runs there now writes it.
 */
public final class FlannelNodes {
    private FlannelNodes() {}

    /**
     * All nodes there are.
     *
     * @param nodes the Nodes of the store
     * @param leases those of Flannel's etcd, of ours and of others
     * @param self the name of this node, which stays as it says itself
     */
    public static List<Node> joined(
            Collection<Node> nodes, Collection<FlannelLease> leases, String self) {
        Map<InetAddress, Node> known = new HashMap<>();
        List<Node> joined = new ArrayList<>(nodes.size() + leases.size());
        for (Node node : nodes) {
            for (boolean ipv4 : new boolean[] {true, false}) {
                UnderlayAddress.of(node, ipv4).ifPresent(address -> known.put(address, node));
            }
        }
        Map<Node, FlannelLease> leased = new HashMap<>();
        for (FlannelLease lease : leases) {
            Optional<Node> owner =
                    lease.publicIp().map(known::get).or(() -> lease.publicIpv6().map(known::get));
            if (owner.isEmpty()) {
                joined.add(node(lease, Metadata.named(nameOf(lease))));
            } else if (!owner.get().name().equals(self)) {
                leased.put(owner.get(), lease);
            }
        }
        for (Node node : nodes) {
            FlannelLease lease = leased.get(node);
            joined.add(lease == null ? node : node(lease, named(node)));
        }
        return joined;
    }

    private static Metadata named(Node node) {
        return new Metadata(node.name(), Map.of(), node.metadata().created());
    }

    private static String nameOf(FlannelLease lease) {
        return lease.publicIp()
                .or(lease::publicIpv6)
                .map(ip -> "flannel-" + IpAddresses.format(ip))
                .orElseGet(() -> "flannel-" + lease.key());
    }

    private static Node node(FlannelLease lease, Metadata metadata) {
        Metadata said =
                metadata.with(NodeAnnotations.FLANNEL_MANAGER, "true")
                        .with(NodeAnnotations.FLANNEL_BACKEND, lease.backend());
        said = with(said, NodeAnnotations.FLANNEL_BACKEND_DATA, lease.data());
        said = with(said, NodeAnnotations.FLANNEL_BACKEND_V6_DATA, lease.dataIpv6());
        said =
                with(
                        said,
                        NodeAnnotations.FLANNEL_PUBLIC_IP,
                        lease.publicIp().map(IpAddresses::format));
        said =
                with(
                        said,
                        NodeAnnotations.FLANNEL_PUBLIC_IPV6,
                        lease.publicIpv6().map(IpAddresses::format));
        return new Node(said, lease.subnets(), List.of(), List.of(), Tree.empty());
    }

    private static Metadata with(Metadata metadata, String key, Optional<String> value) {
        return value.map(text -> metadata.with(key, text)).orElse(metadata);
    }

    /** The lease that says of one of our nodes, for these subnets, what its Node says. */
    public static FlannelLease lease(Node node, List<IpPrefix> subnets) {
        Map<String, String> said = node.metadata().annotations();
        return new FlannelLease(
                subnets.stream().sorted((a, b) -> Boolean.compare(b.isIpv4(), a.isIpv4())).toList(),
                UnderlayAddress.of(node, true),
                UnderlayAddress.of(node, false),
                said.getOrDefault(NodeAnnotations.FLANNEL_BACKEND, ""),
                data(said, NodeAnnotations.FLANNEL_BACKEND_DATA),
                data(said, NodeAnnotations.FLANNEL_BACKEND_V6_DATA));
    }

    private static Optional<String> data(Map<String, String> said, String key) {
        return Optional.ofNullable(said.get(key)).filter(text -> !text.equals("null"));
    }

    /**
     * Why a network cannot be as it says while nodes of Flannel are among its Nodes, and what to
     * do; empty when it can.
     */
    public static Optional<String> refuses(Network network, Collection<Node> nodes) {
        for (Node node : nodes) {
            if (!NodeKeeper.isFlannel(node)) {
                continue;
            }
            Optional<String> problem = refusesPools(network).or(() -> refusesRotation(network));
            String backend =
                    node.metadata().annotations().getOrDefault(NodeAnnotations.FLANNEL_BACKEND, "");
            if (problem.isEmpty() && !backend.equals(network.spec().carrier().toString())) {
                problem = Optional.of(otherCarrier(network, "node " + node.name(), backend));
            }
            if (problem.isPresent()) {
                return problem.map(text -> text + " (node " + node.name() + " runs Flannel)");
            }
        }
        return Optional.empty();
    }

    static Optional<String> refusesPools(Network network) {
        return network.spec().usesPools()
                ? Optional.of(
                        "network "
                                + network.name()
                                + " gives addresses of pools, of which nodes of Flannel learn nothing:"
                                + " set ipam: {type: podCIDR} until the last of them is taken over")
                : Optional.empty();
    }

    /** A node of Flannel has one WireGuard device, and sends to the port that it listens on. */
    static Optional<String> refusesRotation(Network network) {
        return Way.wanted(network).device() == TunnelDevice.FIRST
                ? Optional.empty()
                : Optional.of(
                        "network "
                                + network.name()
                                + " is to use the second WireGuard device, which nodes of Flannel do not"
                                + " have: turn back with 'kakehashi network rotate-keys "
                                + network.name()
                                + " --undo', and rotate keys when the last of them is taken over");
    }

    /**
     * The network as it is at a time ({@link KeyRotation#at}). While nodes of Flannel are among its
     * Nodes, keys are not rotated by age: those cannot follow.
     */
    public static Network at(Network network, Collection<Node> nodes, Instant now) {
        return network.spec().wireguard().rotation().isZero()
                        || nodes.stream().anyMatch(NodeKeeper::isFlannel)
                ? network
                : KeyRotation.at(network, now);
    }

    static String otherCarrier(Network network, String who, String backend) {
        return "network "
                + network.name()
                + " wants carrier "
                + network.spec().carrier()
                + ", "
                + who
                + " has the back end "
                + backend
                + " and cannot change with us: set carrier: "
                + backend
                + " until the last node of Flannel is taken over";
    }
}
