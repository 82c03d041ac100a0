package dev.kakehashi.cluster.ipam;

import dev.kakehashi.cluster.AssignmentMode;
import dev.kakehashi.cluster.IpBlockSpec;
import dev.kakehashi.cluster.IpPool;
import dev.kakehashi.cluster.IpPoolSpec;
import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.store.StoreException;
import dev.kakehashi.cluster.store.Stored;
import dev.kakehashi.linux.IpPrefix;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** Nodes, their store, and all that can go wrong between them. */
final class SimWorld {
    private static final long OFFLINE_MILLIS = 30_000;
    private static final long TROUBLE_MILLIS = 150_000;
    private static final long CALM_MILLIS = 4 * OFFLINE_MILLIS;
    private static final long STEP_MILLIS = OFFLINE_MILLIS / 10;

    private final RandomGenerator random;
    private final SimTasks tasks;
    private final MemoryStore store;
    private final Mutation mutation;
    private final List<SimNode> nodes = new ArrayList<>();
    private final SimInvariants invariants;
    private boolean calm;

    SimWorld(long seed, Mutation mutation) {
        this.random = new SplittableRandom(seed);
        this.tasks = new SimTasks(random);
        this.store = new MemoryStore(mutation == Mutation.BLIND_STORE);
        this.mutation = mutation;
        this.invariants = new SimInvariants(store, nodes);
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

    SimInvariants invariants() {
        return invariants;
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
                    invariants.checkStore();
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
        long end = TROUBLE_MILLIS + CALM_MILLIS;
        tasks.run(end);
        while ((isGivingBack() || isReclaiming()) && end < TROUBLE_MILLIS + 2 * CALM_MILLIS) {
            end += STEP_MILLIS;
            tasks.run(end);
        }
        invariants.checkQuiet();
        tasks.killAll();
    }

    /** A block that leaves is gone in the store first, and then on the node's disk. */
    private boolean isGivingBack() {
        return nodes.stream()
                .filter(node -> !node.isOff())
                .flatMap(node -> node.ledger().blocks().values().stream())
                .anyMatch(HeldBlock::leaving);
    }

    /** A dead node's block is free a while after the last of what it had lent has come back. */
    private boolean isReclaiming() {
        return store.list(Kind.IP_BLOCK).objects().stream()
                .anyMatch(block -> block.object().spec().state() == IpBlockSpec.State.RECLAIMING);
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
        while (true) { // what a machine asked for before it ended may still be carried out
            for (SimNode node : nodes) {
                if (node.isOff()) {
                    try {
                        removeNode(node);
                    } catch (StoreException e) {
                        throw new AssertionError(e);
                    }
                }
            }
            tasks.giveWay(STEP_MILLIS);
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
}
