package dev.kakehashi.cluster.node;

import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.NodeAnnotations;
import dev.kakehashi.cluster.store.ConflictException;
import dev.kakehashi.cluster.store.Store;
import dev.kakehashi.cluster.store.StoreException;
import dev.kakehashi.cluster.store.Stored;
import dev.kakehashi.linux.IpPrefix;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * Enters a node into the store and gives it its subnets.
 *
 * <p>A subnet that the Node holds stays, whoever assigned it. Otherwise the node takes a free one
 * in two steps: it writes a <em>claim</em> into its Node, lists all Nodes, and takes the subnet
 * only if nobody else holds or claims it; else it withdraws and tries another. Of two nodes that
 * want one subnet, the one whose claim was stored later sees the other's, so at most one takes it,
 * and a crash leaves at worst a claim that the node replaces when it starts again. This needs no
 * more of the store than compare-and-set of single objects and listings that see every earlier
 * write.
 */
public final class NodeRegistration {
    private static final int ATTEMPTS = 200;
    private static final int MAX_PAUSE_MILLIS = 50;
    private static final int MAX_SCATTER = 7;
    private static final int LOOKS = 20;
    private static final int MAX_LOOK_PAUSE_MILLIS = 10;

    private final Store store;
    private final RandomGenerator random;

    /** Registers in {@code store}; {@code random} spreads nodes that start at once. */
    public NodeRegistration(Store store, RandomGenerator random) {
        this.store = store;
        this.random = random;
    }

    /**
     * Registers a node, or refreshes what it said before.
     *
     * @return the Node, with a subnet of each family of the network unless it uses pools
     * @throws StoreException when the store fails
     * @throws SubnetsExhaustedException when the network is full
     * @throws UnusableSubnetException when the Node holds a subnet that is not in the network or is
     *     another node's
     * @throws SubnetPendingException when the store's Nodes are given their subnets by others, and
     *     this one has none yet
     * @throws InterruptedException when interrupted between attempts
     */
    public Stored<Node> register(Network network, NodeFacts facts)
            throws StoreException,
                    SubnetPendingException,
                    SubnetsExhaustedException,
                    UnusableSubnetException,
                    InterruptedException {
        return register(network, facts, list());
    }

    /**
     * As {@link #register(Network, NodeFacts)} for who follows the store anyway: thousands of Nodes
     * are not listed and decoded once more.
     *
     * @param known the Nodes as they were lately; what is chosen by them is claimed and compared
     *     with the store's, and chosen by those if it is somebody else's
     */
    public Stored<Node> register(Network network, NodeFacts facts, Collection<Node> known)
            throws StoreException,
                    SubnetPendingException,
                    SubnetsExhaustedException,
                    UnusableSubnetException,
                    InterruptedException {
        List<Node> others = without(facts.name(), known);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Stored<Node> node = describe(network, facts);
            if (network.spec().usesPools()) {
                return node;
            }
            List<IpPrefix> missing = missingFamilies(network, node.object());
            if (missing.isEmpty()) {
                checkHeld(network, node.object(), others);
                return withdraw(node);
            }
            if (store.assignsSubnets()) {
                throw pending(facts.name(), missing);
            }
            List<IpPrefix> wanted = choose(network, facts, missing, others, attempt);
            Optional<Stored<Node>> taken = claimAndTake(node, wanted);
            if (taken.isPresent()) {
                return taken.get();
            }
            TimeUnit.MILLISECONDS.sleep(random.nextInt(1, MAX_PAUSE_MILLIS));
            others = without(facts.name(), list());
        }
        throw new SubnetsExhaustedException(
                "network "
                        + network.name()
                        + ": node "
                        + facts.name()
                        + " found no free subnet in "
                        + ATTEMPTS
                        + " attempts: other nodes are taking them at the same time");
    }

    private static SubnetPendingException pending(String node, List<IpPrefix> missing) {
        return new SubnetPendingException(
                "waiting for a subnet: Node "
                        + node
                        + " has no spec.podCIDRs out of "
                        + joined(missing)
                        + " yet; kube-controller-manager gives it when it runs with"
                        + " --allocate-node-cidrs and --cluster-cidr="
                        + joined(missing));
    }

    private Stored<Node> describe(Network network, NodeFacts facts)
            throws StoreException, SubnetPendingException {
        while (true) {
            Optional<Stored<Node>> known =
                    store.update(Kind.NODE, facts.name(), node -> described(node, network, facts));
            if (known.isPresent()) {
                return known.get();
            }
            if (store.assignsSubnets()) {
                throw new SubnetPendingException(
                        "waiting for Node "
                                + facts.name()
                                + ": the kubelet of that name has not registered it yet");
            }
            try {
                return store.create(
                        Kind.NODE, NodeRecord.describe(Node.named(facts.name()), network, facts));
            } catch (ConflictException e) {
                // Somebody made it meanwhile: described again.
            }
        }
    }

    private Node described(Node node, Network network, NodeFacts facts) {
        Node told = NodeRecord.describe(node, network, facts);
        boolean isWaiting =
                store.assignsSubnets()
                        && !facts.silent()
                        && !network.spec().usesPools()
                        && !missingFamilies(network, node).isEmpty();
        return isWaiting ? NodeRecord.withoutFlannelsWords(told) : told;
    }

    /** The network's prefixes of which the node has no subnet. */
    private static List<IpPrefix> missingFamilies(Network network, Node node) {
        return network.spec().cidrs().stream()
                .filter(cidr -> node.podCidr(cidr.isIpv4()).isEmpty())
                .toList();
    }

    private static void checkHeld(Network network, Node node, List<Node> others)
            throws UnusableSubnetException {
        for (IpPrefix held : node.podCidrs()) {
            if (network.cidrOf(held).isEmpty()) {
                throw new UnusableSubnetException(
                        "node "
                                + node.name()
                                + ": spec.podCIDRs holds "
                                + held
                                + ", which is not in network "
                                + network.name()
                                + " ("
                                + joined(network.spec().cidrs())
                                + "); correct one of the two, or remove it from the Node to be given another");
            }
        }
        for (Node other : others) {
            for (IpPrefix held : node.podCidrs()) {
                if (other.podCidrs().stream().anyMatch(held::overlaps)
                        && Seniority.isElder(other, node)) {
                    throw new UnusableSubnetException(
                            "node "
                                    + node.name()
                                    + ": its subnet "
                                    + held
                                    + " is also held by the older node "
                                    + other.name()
                                    + "; remove spec.podCIDR and spec.podCIDRs from one of the two");
                }
            }
        }
    }

    private List<IpPrefix> choose(
            Network network,
            NodeFacts facts,
            List<IpPrefix> missing,
            List<Node> others,
            int attempt)
            throws SubnetsExhaustedException {
        List<IpPrefix> wanted = new ArrayList<>();
        for (IpPrefix cidr : missing) {
            Optional<IpPrefix> former =
                    facts.former().stream()
                            .filter(subnet ->
                                    cidr.contains(subnet)
                                            && NodeSubnets.takenIn(subnet, others).isEmpty())
                            .findFirst();
            if (former.isPresent()) {
                wanted.add(former.get());
            } else {
                List<IpPrefix> free = NodeSubnets.free(network, cidr, others);
                // Nodes that start at once see each other wait, and each takes the one of its turn;
                // who
                // lost it all the same looks among ever more.
                int turn = NodeSubnets.turn(facts.name(), cidr, others);
                int scatter = random.nextInt(1 << Math.min(attempt, MAX_SCATTER));
                wanted.add(free.get((turn + scatter) % free.size()));
            }
        }
        return wanted;
    }

    private Optional<Stored<Node>> claimAndTake(Stored<Node> node, List<IpPrefix> wanted)
            throws StoreException, InterruptedException {
        try {
            Stored<Node> claimed =
                    store.replace(Kind.NODE, claiming(node.object(), wanted), node.version());
            if (!prevails(wanted, node.object().name())) {
                withdraw(claimed);
                return Optional.empty();
            }
            return Optional.of(
                    store.replace(Kind.NODE, taking(claimed.object(), wanted), claimed.version()));
        } catch (ConflictException e) {
            return Optional
                    .empty(); // the Node was changed, perhaps given a subnet: looked at again
        }
    }

    /**
     * Whether a claim stands against those of others. Of several nodes that claim a subnet at once
     * the first by name waits until the others, who see its claim, have withdrawn: else all would
     * withdraw, and perhaps claim the same again.
     */
    private boolean prevails(List<IpPrefix> wanted, String self)
            throws StoreException, InterruptedException {
        for (int look = 0; look < LOOKS; look++) {
            List<Node> rivals =
                    list().stream()
                            .filter(other -> !other.name().equals(self))
                            .filter(other -> wants(other, wanted))
                            .toList();
            if (rivals.isEmpty()) {
                return true;
            }
            if (rivals.stream().anyMatch(rival -> yields(self, rival, wanted))) {
                return false;
            }
            TimeUnit.MILLISECONDS.sleep(random.nextInt(1, MAX_LOOK_PAUSE_MILLIS));
        }
        return false; // who claims it has died, or waits as we do
    }

    private static boolean wants(Node other, List<IpPrefix> wanted) {
        return wanted.stream()
                .anyMatch(subnet -> !NodeSubnets.takenIn(subnet, List.of(other)).isEmpty());
    }

    private static boolean yields(String self, Node rival, List<IpPrefix> wanted) {
        boolean holds =
                rival.podCidrs().stream()
                        .anyMatch(held -> wanted.stream().anyMatch(held::overlaps));
        return holds || rival.name().compareTo(self) < 0;
    }

    private List<Node> list() throws StoreException {
        return store.list(Kind.NODE).objects().stream().map(Stored::object).toList();
    }

    private static List<Node> without(String self, Collection<Node> nodes) {
        return nodes.stream().filter(node -> !node.name().equals(self)).toList();
    }

    private Stored<Node> withdraw(Stored<Node> node) throws StoreException {
        return store.update(
                        Kind.NODE,
                        node.object().name(),
                        current ->
                                current.withMetadata(
                                        current.metadata().without(NodeAnnotations.SUBNET_CLAIM)))
                .orElse(node);
    }

    private static Node claiming(Node node, List<IpPrefix> wanted) {
        return node.withMetadata(
                node.metadata().with(NodeAnnotations.SUBNET_CLAIM, joined(wanted)));
    }

    private static Node taking(Node node, List<IpPrefix> wanted) {
        List<IpPrefix> held = new ArrayList<>(node.podCidrs());
        held.addAll(wanted);
        return node.withPodCidrs(held)
                .withMetadata(node.metadata().without(NodeAnnotations.SUBNET_CLAIM));
    }

    private static String joined(List<IpPrefix> prefixes) {
        return prefixes.stream().map(IpPrefix::toString).collect(Collectors.joining(","));
    }
}
