package dev.kakehashi.agent.node;

import dev.kakehashi.cluster.CarrierName;
import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.NodeAnnotations;
import dev.kakehashi.cluster.TunnelDevice;
import dev.kakehashi.cluster.carrier.NodeState;
import dev.kakehashi.cluster.carrier.Peers;
import dev.kakehashi.cluster.carrier.Way;
import dev.kakehashi.cluster.carrier.Ways;
import dev.kakehashi.cluster.migration.CarrierObstacles;
import dev.kakehashi.cluster.migration.CarriersAnnotation;
import dev.kakehashi.cluster.migration.Migrator;
import dev.kakehashi.cluster.migration.NodeCarriers;
import dev.kakehashi.cluster.migration.PeerCarriers;
import dev.kakehashi.cluster.store.Listing;
import dev.kakehashi.cluster.store.Mirror;
import dev.kakehashi.cluster.store.Rejected;
import dev.kakehashi.cluster.store.Store;
import dev.kakehashi.cluster.store.StoreException;
import dev.kakehashi.cluster.store.Stored;

import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The node's carriers: what its kernel has of them, what it says of them in its Node, and what it
 * finds out by probes. On one thread only.
 */
final class NodeMigration {
    private static final System.Logger LOG = System.getLogger(NodeAgent.class.getName());

    /**
     * A watch that is behind for longer may be lost; what is decided by it is safe all the same.
     */
    private static final long LONGEST_WAIT_NANOS = 2_000_000_000L;

    private final NodeAgentOptions options;
    private final Store store;
    private final Mirror<Node> nodes;
    private final NodeKernel kernel;
    private final WayProbe probe;
    private final CarrierTrials trials = new CarrierTrials();
    private Optional<Migrator> migrator = Optional.empty();
    private Optional<PeerCarriers> peers = Optional.empty();

    /** Nodes that have one carrier. */
    private final Vetted<Way, Node> settled = new Vetted<>();

    /** What was said last, until the watch shows it: what it shows before is older. */
    private String awaited = "";

    private long awaitedSince = System.nanoTime();

    NodeMigration(NodeAgentOptions options, Store store, Mirror<Node> nodes, NodeKernel kernel) {
        this.options = options;
        this.store = store;
        this.nodes = nodes;
        this.kernel = kernel;
        this.probe = new WayProbe(kernel);
    }

    /** Reads what the node said last; before anything else, once. */
    void begin(Network network) throws ConvergenceException {
        if (migrator.isPresent()) {
            return;
        }
        try {
            NodeCarriers said =
                    CarriersAnnotation.own(
                            store.find(Kind.NODE, options.node()).map(Stored::object),
                            Way.wanted(network));
            migrator = Optional.of(new Migrator(options.node(), said, System::nanoTime));
        } catch (StoreException e) {
            throw new ConvergenceException("StoreFailed", String.valueOf(e.getMessage()), e);
        }
    }

    /** What the node says that it works with. */
    NodeCarriers own() {
        return migrator.orElseThrow().own();
    }

    /**
     * The WireGuard devices that one of its carriers, or that which is wanted, or which a peer has
     * and no other, may encrypt by.
     */
    Set<TunnelDevice> tunnels(Network network) {
        Way wanted = Way.wanted(network);
        Set<Way> ways = EnumSet.of(wanted);
        ways.addAll(own().carriers());
        peers.ifPresent(said -> ways.addAll(Migrator.ways(options.node(), own(), said).held()));
        return tunnels(network, ways);
    }

    private static Set<TunnelDevice> tunnels(Network network, Set<Way> ways) {
        Set<TunnelDevice> tunnels = EnumSet.noneOf(TunnelDevice.class);
        for (Way way : ways) {
            if (network.spec().withCarrier(way.carrier()).permits(CarrierName.WIREGUARD)) {
                tunnels.add(way.device());
                if (network.spec().wireguard().separate()) {
                    tunnels.add(way.device().other());
                }
            }
        }
        return tunnels;
    }

    /** Whether the node has said that it works with something that encrypts by a device. */
    boolean has(Network network, TunnelDevice device) {
        return tunnels(network, own().carriers()).contains(device);
    }

    /** Does what can be done now; the kernel is as it should be for what was said then. */
    NodeState run(NodeKernel.Place place) throws ConvergenceException, InterruptedException {
        Way wanted = Way.wanted(place.network());
        Visit visit = new Visit(place);
        if (own().isSettled(wanted) && areSettled(place.cluster().nodes(), wanted)) {
            peers = Optional.empty();
            visit.keep(Ways.settled(place.network()));
        } else {
            migrate(place, wanted, visit);
        }
        return kernel.kept().orElseThrow();
    }

    /**
     * The kernel as it should be for what the node and its peers said last, of which nothing but
     * {@code place} is known: nothing is begun, and nothing said.
     */
    NodeState stay(NodeKernel.Place place, Optional<Node> self) throws ConvergenceException {
        Way wanted = Way.wanted(place.network());
        List<Node> all = place.cluster().nodes();
        NodeCarriers said = CarriersAnnotation.own(self, wanted);
        return kernel.keep(
                place,
                said.isSettled(wanted) && areSettled(all, wanted)
                        ? Ways.settled(place.network())
                        : Migrator.ways(
                                options.node(),
                                said,
                                PeerCarriers.of(all, options.node(), wanted)));
    }

    private void migrate(NodeKernel.Place place, Way wanted, Visit visit)
            throws ConvergenceException, InterruptedException {
        PeerCarriers said = PeerCarriers.of(place.cluster().nodes(), options.node(), wanted);
        peers = Optional.of(said);
        NodeCarriers before = own();
        try {
            if (isBehind()) {
                migrator.orElseThrow().stay(said, visit);
            } else {
                migrator.orElseThrow().run(wanted, said, visit);
            }
        } catch (ConvergenceException e) {
            if (!own().receives().isEmpty() && !own().receives().contains(wanted)) {
                // What cannot be prepared must not keep the node from following its peers.
                migrator.orElseThrow().stay(said, visit);
            }
            throw e;
        }
        if (!own().equals(before)) {
            LOG.log(
                    System.Logger.Level.INFO,
                    "network {0}: carriers {1}",
                    place.network().name(),
                    CarriersAnnotation.text(own()));
        }
    }

    /** Whether the watch does not show yet what was read before the last step. */
    private boolean isBehind() {
        if (awaited.isEmpty()
                || System.nanoTime() - awaitedSince > LONGEST_WAIT_NANOS
                || nodes.find(options.node())
                        .map(stored -> stored.object().metadata().annotations())
                        .filter(annotations ->
                                awaited.equals(annotations.get(NodeAnnotations.CARRIERS)))
                        .isPresent()) {
            awaited = "";
        }
        return !awaited.isEmpty();
    }

    /** Quick, since it is asked whenever one of many nodes changes. */
    private boolean areSettled(List<Node> all, Way wanted) {
        String text = CarriersAnnotation.text(NodeCarriers.settled(wanted));
        for (Node node : settled.unknown(wanted, all)) {
            String said = node.metadata().annotations().getOrDefault(NodeAnnotations.CARRIERS, "");
            if (!said.equals(text)
                    && !(said.isEmpty() && CarriersAnnotation.isUnsaid(node, wanted))
                    && !node.name().equals(options.node())) {
                settled.fails();
                return false;
            }
        }
        settled.holds(wanted, all);
        return true;
    }

    /** The Node, saying what carriers it works with, and how far it is. */
    Node report(Node node, NodeKernel.Place place, Instant now) {
        Way wanted = Way.wanted(place.network());
        Node said = MigrationReport.of(node, wanted, own(), peers, probe.silent(), now);
        return said.withMetadata(
                CarrierObstacles.in(
                        said.metadata(), trials.obstacles(place.network(), place.self())));
    }

    /** What is done in the world for one network as it is now. */
    private final class Visit implements Migrator.Site<ConvergenceException> {
        private final NodeKernel.Place place;
        private Ways ways;

        Visit(NodeKernel.Place place) {
            this.place = place;
            this.ways = Ways.settled(place.network());
        }

        @Override
        public void keep(Ways wanted) throws ConvergenceException {
            var _ = kernel.keep(place, wanted);
            ways = wanted;
        }

        @Override
        public Set<String> verify(Map<String, Way> candidates) throws ConvergenceException {
            return probe.ask(
                    place,
                    kernel.kept().orElseThrow(),
                    Peers.of(place.network(), ways, place.self(), place.cluster()).usable(),
                    peers.orElseThrow(),
                    candidates);
        }

        @Override
        public void publish(NodeCarriers said) throws ConvergenceException {
            String text = CarriersAnnotation.text(said);
            try {
                Optional<Stored<Node>> stored =
                        store.update(
                                Kind.NODE,
                                options.node(),
                                node ->
                                        node.withMetadata(
                                                node.metadata()
                                                        .with(NodeAnnotations.CARRIERS, text)));
                if (stored.isEmpty()) {
                    throw new ConvergenceException(
                            "StoreFailed",
                            "cannot say which carriers the node works with: there is no Node "
                                    + options.node());
                }
                awaited = text;
                awaitedSince = System.nanoTime();
            } catch (StoreException e) {
                throw new ConvergenceException("StoreFailed", String.valueOf(e.getMessage()), e);
            }
        }

        @Override
        public PeerCarriers read() throws ConvergenceException {
            try {
                Listing<Node> listing = store.list(Kind.NODE);
                List<Node> all = new ArrayList<>();
                listing.objects().forEach(stored -> all.add(stored.object()));
                for (Rejected broken : listing.rejected()) {
                    nodes.find(broken.name()).map(Stored::object).ifPresent(all::add);
                }
                return PeerCarriers.of(all, options.node(), Way.wanted(place.network()));
            } catch (StoreException e) {
                throw new ConvergenceException("StoreFailed", String.valueOf(e.getMessage()), e);
            }
        }
    }
}
