package dev.kakehashi.agent.node;

import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.carrier.NodeState;
import dev.kakehashi.cluster.store.Mirror;
import dev.kakehashi.cluster.store.Store;
import dev.kakehashi.cluster.store.StoreException;
import dev.kakehashi.cluster.store.Stored;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Says in the Node how the node stands. On one thread only. */
final class NodeReporter {
    private static final System.Logger LOG = System.getLogger(NodeAgent.class.getName());

    /**
     * Numbers of peers are told at most this often for each node there is: many nodes that come at
     * once would tell each other of each one.
     */
    private static final Duration INTERVAL_PER_NODE = Duration.ofMillis(300);

    private final String self;
    private final Store store;
    private final Mirror<Node> nodes;
    private final NodeKernel kernel;
    private final NodeMigration migration;
    private final NodeIpamType ipamType;
    private Instant told = Instant.EPOCH;

    NodeReporter(
            String self,
            Store store,
            Mirror<Node> nodes,
            NodeKernel kernel,
            NodeMigration migration,
            NodeIpamType ipamType) {
        this.self = self;
        this.store = store;
        this.nodes = nodes;
        this.kernel = kernel;
        this.migration = migration;
        this.ipamType = ipamType;
    }

    /**
     * Says that it is as wanted, if that is news.
     *
     * @param shortage why no address can be given; empty where the node has no blocks
     */
    void working(NodeKernel.Place place, NodeState state, Optional<String> shortage)
            throws ConvergenceException {
        Network network = place.network();
        Instant now = Instant.now();
        Node said = nodes.find(self).map(Stored::object).orElse(Node.named(self));
        UnaryOperator<Node> saying =
                node ->
                        ipamType.report(
                                migration.report(
                                        kernel.report(
                                                NodeTrouble.report(
                                                        NodeReport.working(
                                                                node, network, state, shortage,
                                                                now),
                                                        network,
                                                        place.self().underlay(),
                                                        now),
                                                now),
                                        place,
                                        now),
                                network,
                                now);
        Node wanted = saying.apply(said);
        Duration interval = INTERVAL_PER_NODE.multipliedBy(nodes.objects().size());
        boolean onlyNumbers = MigrationReport.isOfNumbers(said, wanted);
        if (wanted.equals(said) || (onlyNumbers && now.isBefore(told.plus(interval)))) {
            return;
        }
        try {
            store.update(Kind.NODE, self, saying);
            told = now;
        } catch (StoreException e) {
            throw new ConvergenceException(
                    ConvergenceException.STORE_FAILED, String.valueOf(e.getMessage()), e);
        }
    }

    /** Says what is wrong, if the store takes it. */
    void failing(ConvergenceException failure) {
        try {
            store.update(
                    Kind.NODE,
                    self,
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
}
