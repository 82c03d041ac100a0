package dev.kakehashi.cluster.ipam;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cluster.Allocation;
import dev.kakehashi.cluster.AssignmentMode;
import dev.kakehashi.cluster.IpBlock;
import dev.kakehashi.cluster.IpBlockSpec;
import dev.kakehashi.cluster.IpPool;
import dev.kakehashi.cluster.IpPoolSpec;
import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.store.StoreException;
import dev.kakehashi.cluster.store.Stored;
import dev.kakehashi.linux.IpPrefix;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** Nodes, their store, and all that can go wrong between them. */
final class SimWorld {
    private static final long OFFLINE_MILLIS = 30_000;
    private static final long TROUBLE_MILLIS = 150_000;
    private static final long CALM_MILLIS = 4 * OFFLINE_MILLIS;

    private final RandomGenerator random;
    private final SimTasks tasks;
    private final MemoryStore store;
    private final Mutation mutation;
    private final List<SimNode> nodes = new ArrayList<>();
    private boolean calm;

    SimWorld(long seed, Mutation mutation) {
        this.random = new SplittableRandom(seed);
        this.tasks = new SimTasks(random);
        this.store = new MemoryStore(mutation == Mutation.BLIND_STORE);
        this.mutation = mutation;
    }

    SimTasks tasks() {
        return tasks;
    }

    RandomGenerator random() {
        return random;
    }

    MemoryStore store() {
        return store;
    }

    Mutation mutation() {
        return mutation;
    }

    boolean isCalm() {
        return calm;
    }

    IpamSettings settings(String node, Mutation changedBy, int factor) {
        long offline = mutation == changedBy ? OFFLINE_MILLIS * factor : OFFLINE_MILLIS;
        return new IpamSettings(node, "default", 2, Duration.ofMillis(offline));
    }

    /** Whether something of this many in a hundred happens, while there is trouble. */
    boolean chance(int percent) {
        return !calm && random.nextInt(100) < percent;
    }

    /** Between two steps: others go on, and the process may die here. */
    void point(SimNode node) {
        tasks.giveWay(random.nextInt(40) == 0 ? random.nextInt(8000) : random.nextInt(60));
        if (!node.isOff() && !calm && random.nextInt(150) == 0) {
            tasks.crash();
        }
    }

    /** Carries something out long after it was asked for. */
    void later(Runnable request) {
        long delay = random.nextLong(1, OFFLINE_MILLIS);
        tasks.spawn(
                new SimTasks.Program(),
                () -> {
                    tasks.giveWay(delay);
                    request.run();
                    checkStore();
                });
    }

    void run() {
        try {
            int blockSize = random.nextInt(28, 30);
            boolean borrowing = random.nextBoolean();
            IpPoolSpec spec =
                    IpPoolSpec.of(IpPrefix.parse(borrowing ? "10.0.0.0/27" : "10.0.0.0/25"))
                            .withBlockSize(blockSize)
                            .withAssignment(
                                    borrowing ? AssignmentMode.BORROW : AssignmentMode.STRICT);
            store.create(Kind.IP_POOL, IpPool.of("pods", spec));
        } catch (StoreException e) {
            throw new AssertionError(e);
        }
        int count = random.nextInt(2, 5);
        for (int i = 0; i < count; i++) {
            nodes.add(new SimNode(this, "n" + i, 0.97 + 0.06 * random.nextDouble()));
        }
        nodes.forEach(SimNode::start);
        tasks.spawn(new SimTasks.Program(), this::trouble);
        tasks.run(TROUBLE_MILLIS);
        calm = true;
        nodes.forEach(node -> node.cutOff(false));
        tasks.run(TROUBLE_MILLIS + CALM_MILLIS);
        checkQuiet();
        tasks.killAll();
    }

    private void trouble() {
        while (!calm) {
            tasks.giveWay(random.nextInt(500, 6000));
            if (calm) {
                break;
            }
            SimNode node = nodes.get(random.nextInt(nodes.size()));
            try {
                switch (random.nextInt(8)) {
                    case 0 -> node.cutOff(true);
                    case 1, 2 -> cutOffForGood(node);
                    case 3, 4 -> node.cutOff(false);
                    case 5 -> removeNode(node);
                    case 6 -> {
                        if (random.nextInt(4) == 0 && !node.equals(nodes.getFirst())) {
                            node.switchOff();
                            removeNode(node);
                        }
                    }
                    default -> changePools();
                }
            } catch (StoreException e) {
                throw new AssertionError(e);
            }
        }
        for (SimNode node : nodes) {
            if (node.isOff()) {
                try {
                    removeNode(node);
                } catch (StoreException e) {
                    throw new AssertionError(e);
                }
            }
        }
    }

    /** Out of reach, and believed dead, for so long that its right runs out. */
    private void cutOffForGood(SimNode node) throws StoreException {
        node.cutOff(true);
        removeNode(node);
        tasks.giveWay(random.nextLong(OFFLINE_MILLIS, 2 * OFFLINE_MILLIS));
        node.cutOff(false);
    }

    private void removeNode(SimNode node) throws StoreException {
        var found = store.find(Kind.NODE, node.name());
        if (found.isPresent()) {
            store.remove(Kind.NODE, node.name(), found.get().version());
        }
    }

    /** Somebody changes a block size, makes a pool that overlaps, or removes one. */
    private void changePools() throws StoreException {
        Optional<Stored<IpPool>> pods = store.find(Kind.IP_POOL, "pods");
        Optional<Stored<IpPool>> other = store.find(Kind.IP_POOL, "other");
        if (random.nextInt(3) == 0 && pods.isPresent()) {
            IpPoolSpec spec = pods.get().object().spec();
            store.replace(
                    Kind.IP_POOL,
                    pods.get().object().withSpec(spec.withBlockSize(random.nextInt(27, 31))),
                    pods.get().version());
        } else if (other.isPresent()) {
            store.remove(Kind.IP_POOL, "other", other.get().version());
        } else {
            IpPrefix cidr = IpPrefix.parse(random.nextBoolean() ? "10.0.0.64/26" : "10.0.0.0/24");
            store.create(Kind.IP_POOL, IpPool.of("other", IpPoolSpec.of(cidr).withBlockSize(29)));
        }
    }

    // --- what must hold at every moment

    /** After each change of the store. */
    void checkStore() {
        List<IpBlock> blocks = new ArrayList<>();
        for (Stored<IpBlock> stored : store.list(Kind.IP_BLOCK).objects()) {
            if (stored.object().spec().state() != IpBlockSpec.State.PENDING) {
                blocks.add(stored.object());
            }
        }
        for (IpBlock left : blocks) {
            for (IpBlock right : blocks.subList(blocks.indexOf(left) + 1, blocks.size())) {
                must(
                        !left.spec().cidr().overlaps(right.spec().cidr()),
                        () -> String.format("blocks %s and %s overlap", left.name(), right.name()));
            }
        }
        nodes.forEach(this::checkRights);
    }

    private static void must(boolean holds, Supplier<String> otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise.get());
        }
    }

    /**
     * What a node believes it may use is its own in the store. Of a block that is leaving it gives
     * no address, and another node may have it, and lend of it, before the answer is heard.
     */
    private void checkRights(SimNode node) {
        for (HeldBlock block : node.ledger().blocks().values()) {
            must(
                    !node.hasRight(block.cidr())
                            || (block.leaving() && !isHeld(block.cidr(), node))
                            || block.givenUp().containsAll(lent(block.cidr())),
                    () -> String.format("%s may give what it gave up of %s", node.name(), block));
            must(
                    !node.hasRight(block.cidr()) || block.leaving() || isHeld(block.cidr(), node),
                    () ->
                            String.format(
                                    "%s uses %s, which is not its own", node.name(), block.cidr()));
        }
        node.links()
                .forEach((container, addresses) -> {
                    for (InetAddress address : addresses) {
                        IpPrefix block = node.blockOf(address);
                        must(
                                !node.hasRight(block) || mayGive(node, address),
                                () ->
                                        String.format(
                                                "%s: %s has %s of %s, which is not the node's",
                                                node.name(), container, address, block));
                    }
                });
    }

    private boolean isHeld(IpPrefix block, SimNode node) {
        if (block.length() == block.bits()) {
            return mayGive(node, block.address());
        }
        return store.find(Kind.IP_BLOCK, IpBlock.nameOf(block))
                .map(stored -> stored.object().isHeldBy(node.name()))
                .orElse(false);
    }

    /** What the store says a block's own node gave up. */
    private Set<InetAddress> lent(IpPrefix block) {
        return store.find(Kind.IP_BLOCK, IpBlock.nameOf(block))
                .map(stored -> Lending.addresses(stored.object()))
                .orElse(Set.of());
    }

    /** Whose an address is, by the store. */
    private boolean mayGive(SimNode node, InetAddress address) {
        return store.list(Kind.IP_BLOCK).objects().stream()
                .map(Stored::object)
                .filter(block -> block.spec().cidr().contains(address))
                .anyMatch(block ->
                        block.givenUp(address)
                                .map(one -> one.borrower().equals(node.name()))
                                .orElseGet(() -> block.isHeldBy(node.name())));
    }

    /** After each change of a ledger. */
    void checkLedger(SimNode node, Ledger before, Ledger after) {
        for (InetAddress address : after.given().keySet()) {
            if (!before.given().containsKey(address)) {
                HeldBlock block = after.blockOf(address).orElseThrow();
                must(
                        mayGive(node, address),
                        () ->
                                String.format(
                                        "%s gave %s of %s, which is not its own",
                                        node.name(), address, block.cidr()));
            }
        }
        checkRights(node);
    }

    /** Before an interface gets addresses. */
    void checkLink(SimNode node, List<InetAddress> addresses) {
        for (SimNode other : nodes) {
            other.links()
                    .forEach((container, theirs) -> {
                        for (InetAddress address : theirs) {
                            boolean used =
                                    other.equals(node) || other.hasRight(other.blockOf(address));
                            must(
                                    !used || !addresses.contains(address),
                                    () ->
                                            String.format(
                                                    "%s twice, also for %s", address, container));
                        }
                    });
        }
    }

    private boolean isOff(String name) {
        return nodes.stream().anyMatch(node -> node.name().equals(name) && node.isOff());
    }

    private void checkQuiet() {
        Set<InetAddress> all = new HashSet<>();
        Set<String> held = new HashSet<>();
        Set<String> loans = new HashSet<>();
        for (SimNode node : nodes) {
            if (!node.isOff()) {
                node.checkQuiet();
                node.ledger()
                        .blocks()
                        .values()
                        .forEach(block ->
                                (block.isBorrowed() ? loans : held)
                                        .add(
                                                block.isBorrowed()
                                                        ? block.cidr() + " " + node.name()
                                                        : IpBlock.nameOf(block.cidr())));
                all.addAll(node.ledger().given().keySet());
            }
        }
        List<IpBlock> blocks =
                store.list(Kind.IP_BLOCK).objects().stream().map(Stored::object).toList();
        List<String> lent = new ArrayList<>();
        for (IpBlock block : blocks) {
            for (IpBlockSpec.GivenUp one : block.spec().givenUp()) {
                if (one.isBorrowed()) {
                    lent.add(IpPrefix.host(one.address()) + " " + one.borrower());
                }
            }
        }
        assertThat(lent)
                .as("lent in the store, and on the disks")
                .containsExactlyInAnyOrderElementsOf(loans);
        assertThat(blocks.stream().map(IpBlock::name).toList())
                .as("blocks in the store, and on the disks")
                .containsExactlyInAnyOrderElementsOf(held);
        assertThat(
                        blocks.stream()
                                .flatMap(block -> block.allocations().stream())
                                .filter(one -> !isOff(one.node()))
                                .map(Allocation::address)
                                .toList())
                .as("published = allocated")
                .containsExactlyInAnyOrderElementsOf(all);
    }
}
