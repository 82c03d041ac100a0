package dev.kakehashi.cluster.ipam;

import dev.kakehashi.cluster.IpamSpec;
import dev.kakehashi.cluster.IpamType;
import dev.kakehashi.cluster.Metadata;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.NodeAnnotations;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where the pods that run have their addresses from, as the Nodes say it: a Network's {@code
 * ipam.type} cannot change under them, since pods with addresses of the other type would no longer
 * be reached, and blocks could hold addresses that such pods have. In Kubernetes a rule of the
 * definition refuses the change; no other store does. Pure.
 */
public final class IpamInUse {
    private static final int MAX_NAMED = 5;

    private IpamInUse() {}

    /** The type that a node's pods of a network have addresses of; empty when it says none. */
    public static Optional<IpamType> of(Node node, String network) {
        String said = node.metadata().annotations().getOrDefault(NodeAnnotations.IPAM_IN_USE, "");
        return Stream.of(IpamType.values())
                .filter(type -> said.equals(text(network, type)))
                .findFirst();
    }

    /** The Node, saying a type or, with none, nothing of it. */
    public static Node saying(Node node, String network, Optional<IpamType> type) {
        Metadata metadata = node.metadata();
        return node.withMetadata(
                type.isPresent()
                        ? metadata.with(
                                NodeAnnotations.IPAM_IN_USE, text(network, type.orElseThrow()))
                        : metadata.without(NodeAnnotations.IPAM_IN_USE));
    }

    private static String text(String network, IpamType type) {
        return network + "/" + type;
    }

    /**
     * A network as a node that has just started has to take it: by what its Node says; if that says
     * nothing, by what other Nodes say, unless some of them have pods as the network wants it.
     */
    public static Network inForce(Network network, String self, Collection<Node> nodes) {
        String name = network.name();
        Optional<IpamType> own =
                nodes.stream()
                        .filter(node -> node.name().equals(self))
                        .findFirst()
                        .flatMap(node -> of(node, name));
        IpamType wanted = network.spec().ipam().type();
        List<IpamType> others =
                own.isPresent()
                        ? List.of()
                        : nodes.stream().flatMap(node -> of(node, name).stream()).toList();
        boolean held = !others.isEmpty() && !others.contains(wanted);
        return with(network, own.orElse(held ? others.getFirst() : wanted));
    }

    /** The network with addresses of a type. */
    public static Network with(Network network, IpamType type) {
        IpamSpec ipam = network.spec().ipam();
        return ipam.type() == type
                ? network
                : network.withSpec(
                        network.spec()
                                .withIpam(new IpamSpec(type, ipam.minFree(), ipam.offline())));
    }

    /**
     * Why a network that wants another type stays with this one.
     *
     * @param here whether this node has pods with addresses of it, whatever its Node says
     * @return empty when nobody has such pods
     */
    public static Optional<String> refuses(
            Network network, IpamType inForce, String self, boolean here, Collection<Node> nodes) {
        List<String> holders =
                Stream.concat(
                                here ? Stream.of(self) : Stream.empty(),
                                nodes.stream()
                                        .filter(node ->
                                                !node.name().equals(self)
                                                        && of(node, network.name())
                                                                .filter(inForce::equals)
                                                                .isPresent())
                                        .map(Node::name))
                        .sorted()
                        .toList();
        if (holders.isEmpty()) {
            return Optional.empty();
        }
        int more = holders.size() - MAX_NAMED;
        return Optional.of(
                "ipam.type of network "
                        + network.name()
                        + " cannot be changed to "
                        + network.spec().ipam().type()
                        + " while pods have addresses of "
                        + inForce
                        + ", on "
                        + String.join(", ", holders.subList(0, Math.min(MAX_NAMED, holders.size())))
                        + (more > 0 ? " and " + more + " more nodes" : "")
                        + ": "
                        + inForce
                        + " stays in force; set it again, or delete those pods (and the Nodes of"
                        + " machines that are gone)");
    }
}
