package dev.kakehashi.agent.node;

import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.NetworkSpec;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.flannel.FlannelLease;
import dev.kakehashi.cluster.flannel.FlannelLeases;
import dev.kakehashi.cluster.flannel.FlannelNodes;
import dev.kakehashi.cluster.flannel.SubnetFile;
import dev.kakehashi.cluster.node.NodeFacts;
import dev.kakehashi.cluster.node.NodeRecord;
import dev.kakehashi.cluster.node.VtepData;
import dev.kakehashi.cluster.store.StoreException;
import dev.kakehashi.cluster.store.Stores;
import dev.kakehashi.linux.IpPrefix;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * This node among nodes of Flannel: it takes and renews a lease as they do, sees theirs as peers,
 * and tells plugins its subnets as they do. On one thread only.
 */
final class NodeFlannel implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(NodeAgent.class.getName());

    private final Optional<FlannelLeases> leases;
    private final Optional<WrittenFile> subnetFile;
    private final String self;

    /** Nodes that can be peers in a network. */
    private final Vetted<Network, Node> possible = new Vetted<>();

    private NodeFlannel(
            Optional<FlannelLeases> leases, Optional<WrittenFile> subnetFile, String self) {
        this.leases = leases;
        this.subnetFile = subnetFile;
        this.self = self;
    }

    /**
     * Opens what the options name.
     *
     * @param changed told when leases may have changed
     * @throws StoreException when the address of etcd cannot be used
     */
    static NodeFlannel open(NodeAgentOptions options, Runnable changed) throws StoreException {
        FlannelOptions flannel = options.flannel();
        Optional<FlannelLeases> leases = Optional.empty();
        if (flannel.etcd().isPresent()) {
            leases =
                    Optional.of(
                            new FlannelLeases(
                                    Stores.openKeys(flannel.etcd().get()),
                                    InstantSource.system(),
                                    new SplittableRandom(),
                                    changed));
        }
        return new NodeFlannel(leases, flannel.subnetFile().map(WrittenFile::new), options.node());
    }

    /** The network that Flannel's configuration describes, for when there is none of ours. */
    Optional<NetworkSpec> spec() throws ConvergenceException {
        if (leases.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(leases.get().config().spec());
        } catch (IllegalArgumentException e) {
            throw refused(String.valueOf(e.getMessage()));
        } catch (StoreException e) {
            throw failed(e);
        }
    }

    /** Fails where nodes of Flannel could not be peers in this network. */
    void check(Network network, List<Node> nodes) throws ConvergenceException {
        Optional<String> problem = FlannelNodes.refuses(network, possible.unknown(network, nodes));
        if (problem.isEmpty()) {
            possible.holds(network, nodes);
        } else {
            possible.fails();
        }
        if (problem.isEmpty() && leases.isPresent()) {
            try {
                problem = leases.get().config().refuses(network);
            } catch (StoreException e) {
                throw failed(e);
            }
        }
        if (problem.isPresent()) {
            throw refused(problem.get());
        }
    }

    /** The network as it is at a time: keys are rotated by age where no node of Flannel is. */
    Network at(Network network, Collection<Node> nodes, Instant now) {
        return leases.isPresent() ? network : FlannelNodes.at(network, nodes, now);
    }

    /**
     * What the node knows about itself, and from the lease of its address: the subnets and hardware
     * address that Flannel, or an agent before this one, had here.
     *
     * @param held subnets that its Node has
     * @param others the other Nodes
     */
    NodeFacts claimed(
            Network network, NodeFacts facts, List<IpPrefix> held, Collection<Node> others)
            throws ConvergenceException {
        if (leases.isEmpty()) {
            return facts;
        }
        if (facts.silent()) {
            return withFormerSubnets(facts);
        }
        List<IpPrefix> taken = others.stream().flatMap(node -> node.podCidrs().stream()).toList();
        try {
            NodeFacts known = withFormerMacs(facts);
            Node told = NodeRecord.describe(Node.named(self), network, known);
            List<IpPrefix> subnets =
                    leases.get().claim(FlannelNodes.lease(told, List.of()), held, taken);
            return known.withFormer(subnets);
        } catch (StoreException e) {
            throw failed(e);
        }
    }

    /** Of a node for which Flannel still speaks: the lease stays as that wrote it. */
    private NodeFacts withFormerSubnets(NodeFacts facts) throws ConvergenceException {
        try {
            for (FlannelLease lease : leases.orElseThrow().leases()) {
                if (facts.underlay().addresses().stream()
                        .anyMatch(own -> lease.isOf(own.address()))) {
                    return facts.withFormer(lease.subnets());
                }
            }
            return facts;
        } catch (StoreException e) {
            throw failed(e);
        }
    }

    private NodeFacts withFormerMacs(NodeFacts facts) throws StoreException {
        for (boolean ipv4 : new boolean[] {true, false}) {
            Optional<InetAddress> address = facts.underlay().address(ipv4);
            for (FlannelLease lease : leases.orElseThrow().leases()) {
                if (address.isPresent() && lease.isOf(address.get())) {
                    Node former = FlannelNodes.joined(List.of(), List.of(lease), self).getFirst();
                    return facts.withFreshMacs(VtepData.of(former, facts.freshMacs()));
                }
            }
        }
        return facts;
    }

    /** Keeps the lease of the node as its Node says. */
    void keep(Node node) throws ConvergenceException {
        if (leases.isPresent() && !node.podCidrs().isEmpty()) {
            try {
                leases.get().keep(FlannelNodes.lease(node, node.podCidrs()));
            } catch (StoreException e) {
                throw failed(e);
            }
        }
    }

    /** All nodes, those of Flannel among them. */
    List<Node> joined(List<Node> nodes) throws ConvergenceException {
        try {
            return leases.isEmpty()
                    ? nodes
                    : FlannelNodes.joined(nodes, leases.get().leases(), self);
        } catch (StoreException e) {
            throw failed(e);
        }
    }

    /** Tells plugins the node's subnets. */
    void writeSubnetFile(Network network, List<IpPrefix> subnets, int mtu)
            throws ConvergenceException {
        if (subnetFile.isEmpty() || network.spec().usesPools()) {
            return;
        }
        String text =
                SubnetFile.render(
                        network.spec().cidrs(), subnets, mtu, network.spec().masquerade());
        try {
            if (subnetFile.get().ensure(text)) {
                LOG.log(System.Logger.Level.INFO, "wrote {0}", subnetFile.get());
            }
        } catch (IOException e) {
            throw new ConvergenceException(
                    "SubnetFileFailed", "cannot write " + subnetFile.get() + ": " + e, e);
        }
    }

    private static ConvergenceException failed(StoreException e) {
        return new ConvergenceException("FlannelFailed", "Flannel's leases: " + e.getMessage(), e);
    }

    private static ConvergenceException refused(String why) {
        return new ConvergenceException("FlannelRefused", why);
    }

    @Override
    public void close() {
        leases.ifPresent(FlannelLeases::close);
    }
}
