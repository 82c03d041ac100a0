package dev.kakehashi.agent.node;

import dev.kakehashi.cluster.CarrierName;
import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.carrier.ClusterState;
import dev.kakehashi.cluster.carrier.NodeCompiler;
import dev.kakehashi.cluster.carrier.NodeState;
import dev.kakehashi.cluster.carrier.NodeTunnelKey;
import dev.kakehashi.cluster.carrier.RefusedPeer;
import dev.kakehashi.cluster.carrier.SelfNode;
import dev.kakehashi.cluster.carrier.UnusableNetworkException;
import dev.kakehashi.cluster.ipam.Ledgers;
import dev.kakehashi.cluster.node.CniConfList;
import dev.kakehashi.cluster.node.NodeFacts;
import dev.kakehashi.cluster.node.NodeRegistration;
import dev.kakehashi.cluster.node.SubnetPendingException;
import dev.kakehashi.cluster.node.SubnetsExhaustedException;
import dev.kakehashi.cluster.node.Underlay;
import dev.kakehashi.cluster.node.UnusableSubnetException;
import dev.kakehashi.cluster.node.VtepData;
import dev.kakehashi.cluster.store.ConflictException;
import dev.kakehashi.cluster.store.Mirror;
import dev.kakehashi.cluster.store.Store;
import dev.kakehashi.cluster.store.StoreException;
import dev.kakehashi.cluster.store.Stored;
import dev.kakehashi.cluster.store.Version;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.RtNetlink;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * One run makes the node as it should be now, doing only what changed since the run before. On one
 * thread only.
 */
final class NodeConvergence implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(NodeAgent.class.getName());

    /** What a registration depends on: while it is the same, the Node says the right things. */
    private record Registered(Network network, Underlay underlay, Version version) {}

    /** What a compilation depends on, and its result. */
    private record Compiled(Network network, SelfNode self, ClusterState cluster, NodeState state) {
        boolean isOf(Network otherNetwork, SelfNode otherSelf, ClusterState otherCluster) {
            return network.equals(otherNetwork)
                    && self.equals(otherSelf)
                    && cluster.equals(otherCluster);
        }
    }

    /** Before it is a problem that the node has no block yet. */
    private static final Duration FIRST_BLOCK_PATIENCE = Duration.ofSeconds(2);

    /**
     * Numbers of peers are told at most this often for each node there is: many nodes that come at
     * once would tell each other of each one.
     */
    private static final Duration REPORT_INTERVAL_PER_NODE = Duration.ofMillis(300);

    /** More than these are counted in the log. */
    private static final int PEERS_TOLD = 20;

    private final NodeAgentOptions options;
    private final Store store;
    private final Mirror<Node> nodes;
    private final Mirror<Network> networks;
    private final NodeRegistration registration;
    private final Netns host;
    private final RtNetlink rtnetlink;
    private final NodeNotices notices;
    private final KernelKeeper kernel;
    private final NodeBgp bgp;
    private final Optional<CniConfFile> cniConf;
    private final Ledgers ledgers;
    private final Runnable changed;
    private MacAddress mac;
    private List<IpPrefix> subnets = List.of();
    private Optional<NodeTunnelKey> tunnelKey = Optional.empty();

    private Optional<Registered> registered = Optional.empty();
    private Optional<Compiled> compiled = Optional.empty();
    private Optional<NodeState> kept = Optional.empty();
    private Optional<NodeBlocks> blocks = Optional.empty();
    private Instant blocksSince = Instant.EPOCH;
    private Set<RefusedPeer> refused = Set.of();
    private Instant reported = Instant.EPOCH;

    NodeConvergence(
            NodeAgentOptions options,
            Netns host,
            Store store,
            Mirror<Node> nodes,
            Mirror<Network> networks,
            Ledgers ledgers,
            Runnable changed)
            throws IOException {
        this.options = options;
        this.store = store;
        this.nodes = nodes;
        this.networks = networks;
        this.ledgers = ledgers;
        this.changed = changed;
        SplittableRandom random = new SplittableRandom();
        this.notices = new NodeNotices(store, options.node());
        this.registration = new NodeRegistration(store, random);
        this.mac = MacAddress.of(random.nextLong() >>> 16).toLocalUnicast();
        this.cniConf = options.cniConfDir().map(CniConfFile::new);
        this.host = host.<Netns, IOException>call(Netns::current);
        boolean opened = false;
        try {
            this.rtnetlink = RtNetlink.open(host);
            this.kernel = keeper(host, options.network());
            this.bgp = new NodeBgp(options, this.host, store, rtnetlink);
            opened = true;
        } finally {
            if (!opened) {
                this.host.close();
            }
        }
    }

    private KernelKeeper keeper(Netns netns, String network) throws IOException {
        try {
            return EngineKeeper.open(netns, network);
        } catch (IOException e) {
            rtnetlink.close();
            throw e;
        }
    }

    void run() throws ConvergenceException, InterruptedException {
        Network network = network();
        Underlay underlay = underlay(network);
        readTunnelKey(network);
        Node node = register(network, underlay);
        keepBlocks(network);
        NodeState state = compile(network, underlay, node);
        boolean speaks = network.spec().carrier() == CarrierName.BGP;
        if (speaks) {
            speak();
        }
        if (kept.isEmpty() || !kept.get().equals(state)) {
            keep(network, state);
        }
        if (!speaks) {
            bgp.retire();
        }
        if (isWaitingForBlock()) {
            return; // it tells when it has one
        }
        writeCniConf(network, node.podCidrs(), state.podMtu());
        report(network, state);
        notices.working(state, networks.rejected());
    }

    private void keepBlocks(Network network) throws ConvergenceException {
        if (blocks.isPresent() && !(network.spec().usesPools() && blocks.get().isOf(network))) {
            blocks.get().close();
            blocks = Optional.empty();
        }
        if (blocks.isEmpty() && network.spec().usesPools()) {
            try {
                blocks =
                        Optional.of(
                                NodeBlocks.start(
                                        options.node(),
                                        network,
                                        store,
                                        nodes,
                                        ledgers,
                                        host,
                                        changed));
                blocksSince = Instant.now();
            } catch (IOException e) {
                throw new ConvergenceException(
                        "LedgerFailed", "cannot keep blocks: " + e.getMessage(), e);
            }
        }
    }

    /** Pods may come only when there is an address for them. */
    private boolean isWaitingForBlock() throws ConvergenceException {
        if (blocks.isEmpty() || blocks.get().isReady()) {
            return false;
        }
        String problem = blocks.get().problem();
        if (!problem.isEmpty() && Instant.now().isAfter(blocksSince.plus(FIRST_BLOCK_PATIENCE))) {
            throw new ConvergenceException(
                    "NoBlock", "waiting for a first block of addresses: " + problem);
        }
        return true;
    }

    private Network network() throws ConvergenceException {
        Optional<Network> known = networks.find(options.network()).map(Stored::object);
        if (known.isPresent()) {
            return known.get();
        }
        return made().orElseThrow(() ->
                new ConvergenceException(
                        "NoNetwork",
                        "waiting for Network "
                                + options.network()
                                + ": there is none in the store "
                                + options.store()));
    }

    /** The Network that was asked for, made by whichever node is first. */
    private Optional<Network> made() throws ConvergenceException {
        boolean broken =
                networks.rejected().stream().anyMatch(r -> r.name().equals(options.network()));
        if (broken || options.networkCidrs().isEmpty()) {
            return Optional.empty();
        }
        try {
            Stored<Network> made =
                    store.create(
                            Kind.NETWORK, Network.of(options.network(), options.networkCidrs()));
            LOG.log(
                    System.Logger.Level.INFO,
                    "made Network {0} over {1}: there was none",
                    options.network(),
                    options.networkCidrs());
            return Optional.of(made.object());
        } catch (ConflictException e) {
            return Optional.empty(); // another node was first: the mirror brings it
        } catch (StoreException e) {
            throw new ConvergenceException("StoreFailed", String.valueOf(e.getMessage()), e);
        }
    }

    /** Told at every attempt that fails. */
    void failing(ConvergenceException failure) {
        notices.failing(failure);
    }

    private Underlay underlay(Network network) throws ConvergenceException {
        try {
            return UnderlayChoice.of(rtnetlink, network, options.underlay());
        } catch (NoUnderlayException e) {
            throw new ConvergenceException("NoUnderlay", String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new ConvergenceException(
                    "KernelFailed", "cannot read interfaces: " + e.getMessage(), e);
        }
    }

    /** Only where it is needed: making one takes a process that has just started long. */
    private void readTunnelKey(Network network) throws ConvergenceException {
        if (tunnelKey.isPresent() || !network.spec().permits(CarrierName.WIREGUARD)) {
            return;
        }
        try {
            tunnelKey = Optional.of(new TunnelKeyFile(options.stateDirectory()).readOrMake());
        } catch (IOException e) {
            throw new ConvergenceException(
                    "NoWireguardKey", "cannot keep a WireGuard key: " + e.getMessage(), e);
        }
    }

    private NodeFacts facts(Underlay underlay) {
        NodeFacts facts = NodeFacts.of(options.node(), underlay, mac, subnets, Instant.now());
        return tunnelKey.map(key -> facts.withTunnelKey(key.key().publicKey())).orElse(facts);
    }

    private Node register(Network network, Underlay underlay)
            throws ConvergenceException, InterruptedException {
        Optional<Stored<Node>> current = nodes.find(options.node());
        if (current.isPresent()
                && registered.equals(
                        Optional.of(new Registered(network, underlay, current.get().version())))) {
            return current.get().object();
        }
        try {
            NodeFacts facts = facts(underlay);
            Stored<Node> stored =
                    registration.register(
                            network, facts, nodes.objects().stream().map(Stored::object).toList());
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
            registered = Optional.of(new Registered(network, underlay, stored.version()));
            // Kept for when somebody deletes the Node: peers and pods use them.
            mac = VtepData.macOf(stored.object(), true).orElse(mac);
            subnets = stored.object().podCidrs();
            return stored.object();
        } catch (StoreException e) {
            throw new ConvergenceException("StoreFailed", String.valueOf(e.getMessage()), e);
        } catch (SubnetPendingException e) {
            throw new ConvergenceException("SubnetPending", String.valueOf(e.getMessage()), e);
        } catch (SubnetsExhaustedException e) {
            throw new ConvergenceException("SubnetsExhausted", String.valueOf(e.getMessage()), e);
        } catch (UnusableSubnetException e) {
            throw new ConvergenceException("UnusableSubnet", String.valueOf(e.getMessage()), e);
        }
    }

    private NodeState compile(Network network, Underlay underlay, Node node)
            throws ConvergenceException {
        List<Node> all = nodes.objects().stream().map(Stored::object).toList();
        ClusterState cluster =
                blocks.map(b -> new ClusterState(all, b.owners(), b.pools()))
                        .orElseGet(() -> ClusterState.of(all));
        SelfNode self = SelfNode.of(node.name(), subnets(network, node), underlay, mac);
        self = tunnelKey.map(self::withTunnelKey).orElse(self);
        if (compiled.isPresent() && compiled.get().isOf(network, self, cluster)) {
            return compiled.get().state();
        }
        try {
            NodeState state = NodeCompiler.compile(network, self, cluster);
            compiled = Optional.of(new Compiled(network, self, cluster, state));
            return state;
        } catch (UnusableNetworkException e) {
            throw new ConvergenceException("UnusableNetwork", String.valueOf(e.getMessage()), e);
        }
    }

    /** Where the node's pods are. */
    private List<IpPrefix> subnets(Network network, Node node) throws ConvergenceException {
        try {
            return (blocks.isPresent() ? blocks.get().own() : node.podCidrs())
                    .stream().filter(subnet -> network.cidrOf(subnet).isPresent()).toList();
        } catch (IOException e) {
            throw new ConvergenceException("LedgerFailed", String.valueOf(e.getMessage()), e);
        }
    }

    /** Before the routes of another carrier go, those of BGP are there. */
    private void speak() throws ConvergenceException, InterruptedException {
        Compiled now = compiled.orElseThrow();
        boolean takesOver = kept.isPresent() && !bgp.isOn();
        bgp.keep(now.network(), now.self(), now.cluster());
        if (takesOver) {
            bgp.awaitRoutes(now.network(), now.self(), now.cluster());
        }
    }

    private void keep(Network network, NodeState state) throws ConvergenceException {
        try {
            kernel.keep(state.desired());
            if (kept.isEmpty()) {
                // What is wanted stands: traffic has where to go when the rest is taken away.
                NodeSweep.run(host, rtnetlink, network, state.desired());
            }
        } catch (IOException e) {
            throw new ConvergenceException("KernelFailed", String.valueOf(e.getMessage()), e);
        }
        LOG.log(
                System.Logger.Level.INFO,
                "network {0}: carrier {1}, MTU {2}, {3}",
                network.name(),
                network.spec().carrier(),
                Integer.toString(state.podMtu()),
                named(state.peers()));
        Set<RefusedPeer> now = new HashSet<>(state.refused());
        now.stream()
                .filter(peer -> !refused.contains(peer))
                .forEach(peer -> LOG.log(System.Logger.Level.WARNING, "set aside: {0}", peer));
        refused = now;
        kept = Optional.of(state);
    }

    private static String named(List<String> peers) {
        return peers.size() <= PEERS_TOLD ? "peers " + peers : peers.size() + " peers";
    }

    private void writeCniConf(Network network, List<IpPrefix> subnets, int mtu)
            throws ConvergenceException {
        if (cniConf.isEmpty()) {
            return;
        }
        String text =
                network.spec().usesPools()
                        ? CniConfList.pools(network, options.node(), mtu)
                        : CniConfList.render(network, subnets, mtu);
        try {
            if (cniConf.get().ensure(text)) {
                LOG.log(System.Logger.Level.INFO, "wrote the CNI configuration {0}", cniConf.get());
            }
        } catch (IOException e) {
            throw new ConvergenceException(
                    "CniConfFailed", "cannot write " + cniConf.get() + ": " + e, e);
        }
    }

    private void report(Network network, NodeState state) throws ConvergenceException {
        Instant now = Instant.now();
        Optional<String> shortage = blocks.map(NodeBlocks::problem);
        Node said =
                nodes.find(options.node()).map(Stored::object).orElse(Node.named(options.node()));
        Node wanted = bgp.report(NodeReport.working(said, network, state, shortage, now), now);
        Duration interval = REPORT_INTERVAL_PER_NODE.multipliedBy(nodes.objects().size());
        boolean onlyNumbers = wanted.conditions().equals(said.conditions());
        if (wanted.equals(said) || (onlyNumbers && now.isBefore(reported.plus(interval)))) {
            return;
        }
        try {
            store.update(
                    Kind.NODE,
                    options.node(),
                    node ->
                            bgp.report(
                                    NodeReport.working(node, network, state, shortage, now), now));
            reported = now;
        } catch (StoreException e) {
            throw new ConvergenceException("StoreFailed", String.valueOf(e.getMessage()), e);
        }
    }

    /** Says in the Node what is wrong, if the store takes it. */
    void report(ConvergenceException failure) {
        try {
            store.update(
                    Kind.NODE,
                    options.node(),
                    node ->
                            NodeReport.failing(
                                    node,
                                    failure.reason(),
                                    String.valueOf(failure.getMessage()),
                                    Instant.now()));
        } catch (StoreException e) {
            LOG.log(System.Logger.Level.DEBUG, "cannot report in the Node", e);
        }
    }

    @Override
    public void close() {
        blocks.ifPresent(NodeBlocks::close);
        bgp.close();
        kernel.close();
        rtnetlink.close();
        host.close();
    }
}
