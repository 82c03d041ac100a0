package dev.kakehashi.agent.node;

import dev.kakehashi.cluster.Condition;
import dev.kakehashi.cluster.IpamType;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.ipam.IpamInUse;
import dev.kakehashi.linux.rtnetlink.Link;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.state.Ownership;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;

/**
 * By which type of addresses the node works: the Network's, unless pods of it have addresses of
 * another, here or elsewhere. On one thread only.
 */
final class NodeIpamType {
    private static final System.Logger LOG = System.getLogger(NodeAgent.class.getName());

    /** The condition; a node that never had to refuse a type does not have it. */
    static final String REFUSED = "KakehashiIpamRefused";

    /** In which other nodes have said that they have pods: each looks twice a second. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final String self;
    private final RtNetlink host;
    private final boolean kept;
    private Optional<IpamType> inForce = Optional.empty();
    private boolean pods;

    /** Why another type is set aside; empty when none is. */
    private String problem = "";

    /** Since when nobody objects to another type, by the nanosecond clock. */
    private Optional<Long> agreed = Optional.empty();

    /**
     * Of a node.
     *
     * @param host in the node's namespace; lent
     * @param kept whether the store refuses another type: a Network that has one is another Network
     *     then, made after the first one was deleted
     */
    NodeIpamType(String self, RtNetlink host, boolean kept) {
        this.self = self;
        this.host = host;
        this.kept = kept;
    }

    /**
     * The network as it is in force.
     *
     * @param said the node's own Node
     * @param nodes all Nodes
     * @throws ConvergenceException when the node's links cannot be read
     */
    Network inForce(Network network, Optional<Node> said, Collection<Node> nodes)
            throws ConvergenceException {
        if (kept) {
            return network;
        }
        IpamType wanted = network.spec().ipam().type();
        IpamType current =
                inForce.orElseGet(
                        () -> IpamInUse.inForce(network, self, nodes).spec().ipam().type());
        // What is said once stays said: only a change needs to know whether the pods are gone.
        boolean told = said.flatMap(node -> IpamInUse.of(node, network.name())).isPresent();
        pods = (told && wanted == current) || hasPods(network);
        tell(
                wanted == current
                        ? ""
                        : IpamInUse.refuses(network, current, self, pods, nodes).orElse(""));
        if (wanted == current || !problem.isEmpty()) {
            agreed = Optional.empty();
        } else if (agreed.isEmpty()) {
            agreed = Optional.of(System.nanoTime());
        } else if (System.nanoTime() - agreed.get() > PATIENCE.toNanos()) {
            LOG.log(
                    System.Logger.Level.INFO,
                    "network {0}: addresses of {1} instead of {2}, of which no pod has any",
                    network.name(),
                    wanted,
                    current);
            current = wanted;
            agreed = Optional.empty();
        }
        inForce = Optional.of(current);
        return IpamInUse.with(network, current);
    }

    /** The same is told once. */
    private void tell(String now) {
        if (!now.isEmpty() && !now.equals(problem)) {
            LOG.log(System.Logger.Level.WARNING, now);
        }
        problem = now;
    }

    private boolean hasPods(Network network) throws ConvergenceException {
        String prefix = Ownership.alias(network.name() + "/");
        try {
            return host.links().stream()
                    .map(Link::alias)
                    .anyMatch(alias ->
                            alias.startsWith(prefix) && alias.indexOf('/', prefix.length()) > 0);
        } catch (IOException e) {
            throw new ConvergenceException(
                    "KernelFailed", "cannot look for pods: " + e.getMessage(), e);
        }
    }

    /** What the Node says of it. */
    Node report(Node node, Network network, Instant now) {
        Node said = IpamInUse.saying(node, network.name(), pods ? inForce : Optional.empty());
        if (problem.isEmpty() && node.condition(REFUSED).isEmpty()) {
            return said;
        }
        Condition condition =
                problem.isEmpty()
                        ? new Condition(REFUSED, Condition.FALSE, "AsWanted", "", now)
                        : new Condition(REFUSED, Condition.TRUE, "TypeSetAside", problem, now);
        return said.withConditions(condition.replaceIn(said.conditions()));
    }
}
