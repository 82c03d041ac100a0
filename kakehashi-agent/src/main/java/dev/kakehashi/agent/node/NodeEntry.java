package dev.kakehashi.agent.node;

import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.TunnelDevice;
import dev.kakehashi.cluster.carrier.SelfNode;
import dev.kakehashi.cluster.node.NodeFacts;
import dev.kakehashi.cluster.node.NodeRegistration;
import dev.kakehashi.cluster.node.SubnetPendingException;
import dev.kakehashi.cluster.node.SubnetsExhaustedException;
import dev.kakehashi.cluster.node.Underlay;
import dev.kakehashi.cluster.node.UnusableSubnetException;
import dev.kakehashi.cluster.node.VtepData;
import dev.kakehashi.cluster.node.Vteps;
import dev.kakehashi.cluster.node.WireguardData;
import dev.kakehashi.cluster.store.Mirror;
import dev.kakehashi.cluster.store.Store;
import dev.kakehashi.cluster.store.StoreException;
import dev.kakehashi.cluster.store.Stored;
import dev.kakehashi.cluster.store.Version;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.wireguard.WireguardKey;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * This node's entry in the store, and what the node is known by to others: its subnets, hardware
 * address and key, which outlast an entry that somebody deletes. On one thread only.
 */
final class NodeEntry {
    private static final System.Logger LOG = System.getLogger(NodeAgent.class.getName());

    /** What a registration depends on: while it is the same, the Node says the right things. */
    private record Registered(
            Network network,
            Underlay underlay,
            Map<TunnelDevice, WireguardKey> keys,
            boolean silent,
            Version version) {}

    private final NodeAgentOptions options;
    private final Mirror<Node> nodes;
    private final NodeRegistration registration;
    private final NodeFlannel flannel;
    private Vteps macs;
    private List<IpPrefix> subnets = List.of();
    private final TunnelKeys keys;
    private Optional<Registered> registered = Optional.empty();
    private Optional<Integer> tunnelPort = Optional.empty();
    private boolean isSilent;
    private boolean hasCarried;

    /**
     * Nothing is entered yet.
     *
     * @param nodes the Nodes as they are followed
     * @param flannel where the node is leased its subnets too, if it is
     */
    NodeEntry(NodeAgentOptions options, Store store, Mirror<Node> nodes, NodeFlannel flannel) {
        SplittableRandom random = new SplittableRandom();
        this.options = options;
        this.nodes = nodes;
        this.flannel = flannel;
        this.keys = new TunnelKeys(options.node(), options.stateDirectory());
        this.registration = new NodeRegistration(store, random);
        this.macs = Vteps.of(MacAddress.of(random.nextLong() >>> 16).toLocalUnicast());
    }

    /** The node as compilers see it, with pods in these prefixes. */
    SelfNode self(List<IpPrefix> pods, Underlay underlay) {
        SelfNode self = SelfNode.of(options.node(), pods, underlay, macs);
        return self.withTunnelKeys(keys.keys()).withTunnelPort(tunnelPort);
    }

    /**
     * The node as it was last known, of which the store is not asked: its keys are those on disk,
     * and none is made.
     */
    SelfNode recalled(Node said, List<IpPrefix> pods, Underlay underlay)
            throws ConvergenceException {
        try {
            return SelfNode.of(options.node(), pods, underlay, VtepData.of(said, macs))
                    .withTunnelKeys(TunnelKeys.read(options.stateDirectory()))
                    .withTunnelPort(WireguardData.ownPort(said));
        } catch (IOException e) {
            throw new ConvergenceException(
                    "NoWireguardKey", "cannot read a WireGuard key: " + e.getMessage(), e);
        }
    }

    /**
     * To be called first in each turn: keeps the keys, and finds out what others may be told.
     *
     * @param migration knows which of the node's WireGuard devices need a key
     * @param beside Flannel's WireGuard devices on the node: until ours works beside them, others
     *     are told nothing, so that no packet comes or goes that the other side does not expect
     */
    void begin(Network network, NodeMigration migration, List<String> beside)
            throws ConvergenceException {
        Optional<Node> said = nodes.find(options.node()).map(Stored::object);
        keepKeys(network, said, migration);
        choosePort(network, said, !beside.isEmpty());
    }

    /**
     * The Node, if what the kernel is to have does not depend on what the store answers when it is
     * told again: only the underlay is another, or what else the Node says.
     */
    Optional<Node> known(Network network) {
        return registered
                .filter(last ->
                        last.network().equals(network)
                                && last.keys().equals(keys.publicKeys())
                                && last.silent() == isSilent)
                .flatMap(_ -> nodes.find(options.node()))
                .map(Stored::object)
                .filter(node ->
                        node.podCidrs().equals(subnets) && VtepData.of(node, macs).equals(macs));
    }

    /** The Node, as the store has it; entered anew when something it says is another. */
    Node register(Network network, Underlay underlay)
            throws ConvergenceException, InterruptedException {
        Optional<Stored<Node>> current = nodes.find(options.node());
        if (current.isPresent()
                && registered.equals(
                        Optional.of(registered(network, underlay, current.get().version())))) {
            keepLease(current.get().object());
            return current.get().object();
        }
        try {
            List<Node> known = nodes.objects().stream().map(Stored::object).toList();
            NodeFacts facts =
                    flannel.claimed(
                            network,
                            facts(underlay),
                            current.map(node -> node.object().podCidrs()).orElse(List.of()),
                            known);
            Stored<Node> stored = registration.register(network, facts, known);
            if (!registered.map(Registered::underlay).equals(Optional.of(underlay))) {
                LOG.log(
                        System.Logger.Level.INFO,
                        "node {0}: subnets {1}, underlay {2} {3} with MTU {4}",
                        options.node(),
                        stored.object().podCidrs(),
                        underlay.device(),
                        underlay.addresses(),
                        // A number would be grouped: 1,450.
                        Integer.toString(underlay.mtu()));
            }
            registered = Optional.of(registered(network, underlay, stored.version()));
            deleteKeys();
            // Kept for when somebody deletes the Node: peers and pods use them.
            macs = VtepData.of(stored.object(), macs);
            subnets = stored.object().podCidrs();
            keepLease(stored.object());
            return stored.object();
        } catch (StoreException e) {
            throw new ConvergenceException(
                    ConvergenceException.STORE_FAILED, String.valueOf(e.getMessage()), e);
        } catch (SubnetPendingException e) {
            registered = Optional.empty(); // the kernel waits for another answer
            throw new ConvergenceException("SubnetPending", String.valueOf(e.getMessage()), e);
        } catch (SubnetsExhaustedException e) {
            registered = Optional.empty();
            throw new ConvergenceException("SubnetsExhausted", String.valueOf(e.getMessage()), e);
        } catch (UnusableSubnetException e) {
            registered = Optional.empty();
            throw new ConvergenceException("UnusableSubnet", String.valueOf(e.getMessage()), e);
        }
    }

    /**
     * To be called when the kernel is as it should be.
     *
     * @return whether the node has said nothing yet, and may now
     */
    boolean carries() {
        boolean mayTell = isSilent;
        hasCarried = true;
        isSilent = false;
        return mayTell;
    }

    private void keepLease(Node node) throws ConvergenceException {
        if (!isSilent) {
            flannel.keep(node);
        }
    }

    private void choosePort(Network network, Optional<Node> said, boolean besideFlannel) {
        tunnelPort = said.flatMap(WireguardData::ownPort).or(() -> tunnelPort);
        boolean isTold =
                said.map(WireguardData::keysOf)
                        .map(told -> told.get(TunnelDevice.FIRST))
                        .filter(keys.publicKeys().values()::contains)
                        .isPresent();
        isSilent = besideFlannel && !hasCarried && !isTold;
        if (isSilent && tunnelPort.isEmpty()) {
            tunnelPort = Optional.of(network.spec().wireguard().portBesideBoth());
        }
    }

    private Registered registered(Network network, Underlay underlay, Version version) {
        return new Registered(network, underlay, keys.publicKeys(), isSilent, version);
    }

    private void keepKeys(Network network, Optional<Node> said, NodeMigration migration)
            throws ConvergenceException {
        try {
            keys.keep(
                    migration.tunnels(network),
                    network,
                    said,
                    device -> migration.has(network, device));
        } catch (IOException e) {
            throw new ConvergenceException(
                    "NoWireguardKey", "cannot keep a WireGuard key: " + e.getMessage(), e);
        }
    }

    private void deleteKeys() throws ConvergenceException {
        try {
            keys.deleteOthers();
        } catch (IOException e) {
            throw new ConvergenceException(
                    "WireguardKeyStays",
                    "cannot delete a WireGuard key that is not used any more: " + e.getMessage(),
                    e);
        }
    }

    private NodeFacts facts(Underlay underlay) {
        NodeFacts facts =
                NodeFacts.of(options.node(), underlay, macs, subnets, Instant.now())
                        .withTunnelKeys(keys.publicKeys())
                        .withTunnelPort(tunnelPort);
        return isSilent ? facts.silenced() : facts;
    }
}
