package dev.kakehashi.agent.node;

import dev.kakehashi.agent.pods.PodMtuTurn;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.NetworkOverlaps;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.carrier.ClusterState;
import dev.kakehashi.cluster.carrier.NodeState;
import dev.kakehashi.cluster.carrier.SelfNode;
import dev.kakehashi.cluster.ipam.Ledgers;
import dev.kakehashi.cluster.node.Underlay;
import dev.kakehashi.cluster.store.Mirror;
import dev.kakehashi.cluster.store.Store;
import dev.kakehashi.cluster.store.Stored;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.RtNetlink;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * One run makes the node as it should be now, doing only what changed since the run before. On one
 * thread only.
 */
final class NodeConvergence implements AutoCloseable {
    /** Before it is a problem that the node has no block yet. */
    private static final Duration FIRST_BLOCK_PATIENCE = Duration.ofSeconds(2);

    private final NodeAgentOptions options;
    private final Store store;
    private final Mirror<Node> nodes;
    private final Mirror<Network> networks;
    private final NodeEntry entry;
    private final WantedNetwork wantedNetwork;
    private final Netns host;
    private final RtNetlink rtnetlink;
    private final NodeNotices notices;
    private final NetworkReports networkReports;
    private final NodeKernel kernel;
    private final NodeMigration migration;
    private final CniConfFile cniConf;
    private final NodeReporter reporter;
    private final NodeMemory memory;
    private final NodeFlannel flannel;
    private final NodeIpamType ipamType;
    private final Ledgers ledgers;
    private final Runnable changed;
    private final NodeMonitor monitor;
    private final UnderlayWatch watch;
    private final StoreTelling telling;
    private final Ipv4Patience ipv4Patience = new Ipv4Patience(System::nanoTime);

    /** How to close what is open, the last one first. */
    private final List<Runnable> opened = new ArrayList<>();

    private Optional<NodeBlocks> blocks = Optional.empty();
    private Instant blocksSince = Instant.EPOCH;
    private List<Stored<Node>> listed = List.of();
    private List<Node> known = List.of();

    NodeConvergence(
            NodeAgentOptions options,
            Netns host,
            Store store,
            Mirror<Node> nodes,
            Mirror<Network> networks,
            Ledgers ledgers,
            PodMtuTurn podMtus,
            Runnable changed,
            NodeMonitor monitor,
            NodeMemory memory)
            throws IOException {
        this.options = options;
        this.monitor = monitor;
        this.store = store;
        this.nodes = nodes;
        this.networks = networks;
        this.ledgers = ledgers;
        this.changed = changed;
        this.telling = new StoreTelling(System::nanoTime, () -> store.status().reachable());
        this.notices = new NodeNotices(store, options.node());
        this.networkReports = new NetworkReports(store, options.node());
        this.flannel = NodeFlannel.open(options, changed);
        this.wantedNetwork = new WantedNetwork(options, store, networks, flannel::spec);
        this.entry = new NodeEntry(options, store, nodes, flannel);
        this.cniConf = new CniConfFile(options);
        this.memory = memory;
        this.host = host.<Netns, IOException>call(Netns::current);
        this.opened.add(flannel::close);
        this.opened.add(this.host::close);
        boolean complete = false;
        try {
            this.rtnetlink = RtNetlink.open(this.host);
            this.opened.add(rtnetlink::close);
            this.ipamType = new NodeIpamType(options.node(), rtnetlink, store.keepsIpamType());
            this.kernel =
                    new NodeKernel(
                            options,
                            this.host,
                            rtnetlink,
                            store,
                            podMtus,
                            monitor::happened,
                            changed);
            this.opened.add(kernel::close);
            this.migration = new NodeMigration(options, store, nodes, kernel);
            this.reporter =
                    new NodeReporter(options.node(), store, nodes, kernel, migration, ipamType);
            this.watch = UnderlayWatch.start(this.host, changed);
            this.opened.add(watch::close);
            complete = true;
        } finally {
            if (!complete) {
                closeOpened();
            }
        }
    }

    private void closeOpened() {
        opened.reversed().forEach(Runnable::run);
        opened.clear();
    }

    /**
     * One run. What the kernel needs comes before what the store is told, wherever it does not
     * depend on the store's answer: the network below may change while the store is away.
     *
     * @throws UntoldException when all is as wanted but the store could not be told
     */
    void run() throws ConvergenceException, UntoldException, InterruptedException {
        Network asked = wantedNetwork.find();
        networkReports.tell(networks.objects(), known().size(), Instant.now());
        Network wanted = flannel.at(beside(asked), known(), Instant.now());
        flannel.check(wanted, known());
        Network network = ipamType.inForce(wanted, said(), known());
        Underlay underlay = underlay(network, said());
        migration.begin(network);
        List<String> beside = FlannelTunnel.beside(network, rtnetlink);
        entry.begin(network, migration, beside);
        Optional<Node> known = entry.known(network);
        Node node = known.isPresent() ? known.get() : entry.register(network, underlay);
        keepBlocks(network);
        kernel.forget();
        NodeKernel.Place place = place(network, underlay, node, beside);
        NodeState state = migration.run(place);
        boolean saysMore = entry.carries() || known.isPresent();
        boolean waits = blocks.isPresent() && !blocks.get().isReady();
        if (!waits) {
            letPodsCome(network, node, state);
        }
        Optional<UntoldException> untold =
                telling.say(() -> {
                    if (saysMore) {
                        entry.register(network, underlay);
                    }
                    if (!waits) {
                        reporter.working(place, state, blocks.map(NodeBlocks::problem));
                    }
                });
        if (waits) {
            failIfBlockIsLate(); // it tells when it has one
        } else {
            notices.working(state, networks.rejected(), NodeTrouble.of(network, underlay), untold);
            monitor.converged(seen(place, state));
            memory.keep(
                    new LastView(options.node(), network, place.cluster(), kernel.bgp().known()),
                    migration.own());
        }
        if (untold.isPresent()) {
            throw untold.get();
        }
    }

    /**
     * One run by what was known once, while the store does not answer: of the kernel and of files
     * of this machine alone.
     *
     * @param failure what the store failed by, where it has answered
     */
    void run(NodeMemory.Recalled recalled, Optional<ConvergenceException> failure)
            throws ConvergenceException, UntoldException {
        LastView view = recalled.view();
        Network network = view.network();
        Node node = view.own().orElseThrow();
        kernel.recall(view.peers());
        SelfNode self =
                entry.recalled(node, subnets(network, node), underlay(network, Optional.of(node)));
        NodeKernel.Place place =
                new NodeKernel.Place(
                        network,
                        self.withTunnelsBeside(FlannelTunnel.beside(network, rtnetlink)),
                        view.cluster());
        NodeState state = migration.stay(place, Optional.of(node));
        letPodsCome(network, node, state);
        monitor.converged(seen(place, state));
        throw new UntoldException(options.store(), recalled, failure);
    }

    private void letPodsCome(Network network, Node node, NodeState state)
            throws ConvergenceException {
        flannel.writeSubnetFile(network, node.podCidrs(), state.podMtu());
        cniConf.write(network, node.podCidrs(), state.podMtu());
    }

    /** A Network that takes nothing from another one. */
    private Network beside(Network network) throws ConvergenceException {
        List<Network> all = networks.objects().stream().map(Stored::object).toList();
        Optional<String> problem = NetworkOverlaps.problemOf(network, all);
        if (problem.isPresent()) {
            throw new ConvergenceException("NetworkOverlaps", problem.get());
        }
        return network;
    }

    private Converged seen(NodeKernel.Place place, NodeState state) {
        return new Converged(
                place.network(),
                place.self(),
                place.cluster(),
                state,
                kernel.bgp().sessions(),
                blocks.map(NodeBlocks::problem).orElse(""));
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
        if (blocks.isPresent() && !blocks.get().isListed()) {
            // By an empty mirror the node would let go of the pods of all others.
            throw new ConvergenceException(
                    ConvergenceException.STORE_FAILED,
                    "waiting for the pools and blocks of the store " + options.store());
        }
    }

    /** Pods may come only when there is an address for them. */
    private void failIfBlockIsLate() throws ConvergenceException {
        String problem = blocks.map(NodeBlocks::problem).orElse("");
        if (!problem.isEmpty() && Instant.now().isAfter(blocksSince.plus(FIRST_BLOCK_PATIENCE))) {
            throw new ConvergenceException(
                    "NoBlock", "waiting for a first block of addresses: " + problem);
        }
    }

    /**
     * Told at every attempt that fails.
     *
     * @param isNews whether it is the first one that fails so
     */
    void failing(ConvergenceException failure, boolean isNews) {
        notices.failing(failure);
        if (isNews) {
            reporter.failing(failure);
        }
    }

    private Underlay underlay(Network network, Optional<Node> said) throws ConvergenceException {
        try {
            Underlay underlay = watch.underlay(rtnetlink, network, options.underlay());
            ipv4Patience.check(network, underlay, said);
            return underlay;
        } catch (NoUnderlayException e) {
            throw new ConvergenceException("NoUnderlay", String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new ConvergenceException(
                    "KernelFailed", "cannot read interfaces: " + e.getMessage(), e);
        }
    }

    /** The node's own Node, as the mirror has it. */
    private Optional<Node> said() {
        return nodes.find(options.node()).map(Stored::object);
    }

    @SuppressWarnings("ReferenceEquality") // the mirror's list is the same one until it changes
    private List<Node> known() {
        List<Stored<Node>> stored = nodes.objects();
        if (stored != listed) {
            listed = stored;
            known = List.copyOf(stored.stream().map(Stored::object).toList());
        }
        return known;
    }

    private NodeKernel.Place place(
            Network network, Underlay underlay, Node node, List<String> beside)
            throws ConvergenceException {
        List<Node> all = flannel.joined(known());
        ClusterState cluster =
                blocks.map(b -> new ClusterState(all, b.owners(), b.pools()))
                        .orElseGet(() -> ClusterState.of(all));
        SelfNode self = entry.self(subnets(network, node), underlay).withTunnelsBeside(beside);
        return new NodeKernel.Place(network, self, cluster);
    }

    /** Where the node's pods are. */
    private List<IpPrefix> subnets(Network network, Node node) throws ConvergenceException {
        try {
            Collection<IpPrefix> all =
                    network.spec().usesPools()
                            ? ledgers.of(network.name()).read().blocks().keySet()
                            : node.podCidrs();
            return all.stream().filter(subnet -> network.cidrOf(subnet).isPresent()).toList();
        } catch (IOException e) {
            throw new ConvergenceException("LedgerFailed", String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public void close() {
        blocks.ifPresent(NodeBlocks::close);
        closeOpened();
    }
}
