package dev.kakehashi.agent.node;

import dev.kakehashi.cluster.IpBlockSpec;
import dev.kakehashi.cluster.IpPool;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.ipam.BlockKeeper;
import dev.kakehashi.cluster.ipam.BlockReclaimer;
import dev.kakehashi.cluster.ipam.HeldBlock;
import dev.kakehashi.cluster.ipam.IpamSettings;
import dev.kakehashi.cluster.ipam.LeakCollector;
import dev.kakehashi.cluster.ipam.Ledger;
import dev.kakehashi.cluster.ipam.LedgerDisk;
import dev.kakehashi.cluster.ipam.Ledgers;
import dev.kakehashi.cluster.store.Mirror;
import dev.kakehashi.cluster.store.Store;
import dev.kakehashi.linux.BootClock;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.Uninterruptibly;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.RtNetlink;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Keeps this node's blocks of a network's pools, on a thread of its own: a store that does not
 * answer holds up neither the node's routes nor its pods. Takes back what leaked, and the blocks of
 * nodes that are gone.
 *
 * <p>It runs when the store or the ledger changed, and now and then: rights are to be renewed, and
 * other processes give addresses too.
 */
final class NodeBlocks implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(NodeAgent.class.getName());

    /** A burst of pods is published in a few steps, and the next block is still in time. */
    private static final long PAUSE_MILLIS = 100;

    private static final long RETRY_MILLIS = 1000;

    /** How soon the ledger is read that another process may have changed. */
    private static final long TICK_MILLIS = 500;

    private static final long LONGEST_REST_MILLIS = 10_000;
    private static final long RESTS_PER_RIGHT = 10;
    private static final long PROBLEM_NANOS = TimeUnit.SECONDS.toNanos(30);

    /**
     * How long the first pods wait for the namespaces to be known, by which their pools are chosen;
     * a store that does not tell of them (an older role in Kubernetes) must not hold up all pods.
     */
    private static final long NAMESPACES_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** Longer than a runtime waits for an ADD. */
    private static final Duration GRACE = Duration.ofMinutes(5);

    private final Network network;
    private final BlockView view;
    private final Ledgers ledgers;
    private final LedgerDisk disk;
    private final RtNetlink kernel;
    private final BlockKeeper keeper;
    private final BlockReclaimer reclaimer;
    private final LeakCollector collector;
    private final Runnable changed;
    private final Semaphore news = new Semaphore(1);
    private final Runnable listener = news::release;
    private final Thread thread;
    private final long restMillis;
    private final long started = System.nanoTime();
    private Ledger seen = Ledger.of("");
    private List<IpPrefix> told = List.of();
    private volatile boolean storeChanged = true;
    private volatile boolean ready;
    private volatile String problem = "";
    private long problemSince = System.nanoTime();
    private volatile boolean closed;

    private NodeBlocks(
            String node,
            Network network,
            Store store,
            Mirror<Node> nodes,
            Ledgers ledgers,
            Netns host,
            Runnable changed)
            throws IOException {
        this.network = network;
        this.ledgers = ledgers;
        this.changed = changed;
        this.disk = ledgers.of(network.name());
        this.kernel = RtNetlink.open(host);
        this.view =
                new BlockView(
                        store,
                        node,
                        network,
                        nodes,
                        this::heard,
                        this::heardOfOthers,
                        news::release);
        IpamSettings settings = IpamSettings.of(node, network);
        BootClock clock = new BootClock();
        this.keeper =
                new BlockKeeper(
                        store, view, disk, clock, new SplittableRandom(), settings, this::log);
        this.reclaimer = new BlockReclaimer(store, view, clock, settings, this::log);
        this.collector = new LeakCollector(disk, clock, GRACE.toMillis(), this::log);
        this.restMillis =
                Math.min(LONGEST_REST_MILLIS, settings.offline().toMillis() / RESTS_PER_RIGHT);
        this.thread = Thread.ofPlatform().name("blocks of " + node).unstarted(this::run);
    }

    /**
     * Begins to keep the blocks.
     *
     * @param network as it is wanted; when its part about addresses changes, another is to be
     *     started
     * @param nodes the Nodes as they are followed
     * @param host the node's namespace; may be closed when this returns
     * @param changed called when blocks came or went, here or elsewhere
     */
    static NodeBlocks start(
            String node,
            Network network,
            Store store,
            Mirror<Node> nodes,
            Ledgers ledgers,
            Netns host,
            Runnable changed)
            throws IOException {
        NodeBlocks blocks = new NodeBlocks(node, network, store, nodes, ledgers, host, changed);
        ledgers.onChange(blocks.listener);
        blocks.thread.start();
        return blocks;
    }

    private void heard() {
        storeChanged = true;
        news.release();
        changed.run();
    }

    /**
     * All blocks are looked at then, at the next tick: of what others have the node's routes
     * depend, and these are made first.
     */
    private void heardOfOthers() {
        storeChanged = true;
        changed.run();
    }

    private void log(String line) {
        LOG.log(System.Logger.Level.INFO, "network {0}: {1}", network.name(), line);
    }

    /** Whether they are kept as a Network wants it. */
    boolean isOf(Network other) {
        return network.name().equals(other.name())
                && network.spec().ipam().equals(other.spec().ipam())
                && network.spec().cidrs().equals(other.spec().cidrs());
    }

    /**
     * The node's blocks, also those that it is about to give back.
     *
     * @throws IOException when the ledger cannot be read
     */
    List<IpPrefix> own() throws IOException {
        return List.copyOf(disk.read().blocks().keySet());
    }

    /** Whose the blocks of all networks are; the same list as long as that is the same. */
    List<IpBlockSpec> owners() {
        return view.owners();
    }

    /** The pools of all networks. */
    List<IpPool> pools() {
        return view.pools();
    }

    /** Whether it has heard from the store whose the blocks are. */
    boolean isListed() {
        return view.isListed();
    }

    /** Whether it has had an address of each family to give: from then on pods may come. */
    boolean isReady() {
        return ready;
    }

    /** What keeps the node from giving addresses; empty when nothing does. */
    String problem() {
        return problem;
    }

    private void run() {
        long nextRest = System.nanoTime();
        while (!closed) {
            long wait = TICK_MILLIS;
            boolean asked = news.drainPermits() > 0 || storeChanged;
            boolean rested = System.nanoTime() - nextRest >= 0;
            try {
                if (view.isListed() && (asked || rested || !disk.read().equals(seen))) {
                    step(rested);
                    nextRest = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(restMillis);
                }
                look("");
            } catch (IOException e) {
                look(String.valueOf(e.getMessage()));
                wait = RETRY_MILLIS;
                nextRest = System.nanoTime();
            } catch (RuntimeException | Error e) {
                LOG.log(System.Logger.Level.ERROR, "defect in the keeper of blocks", e);
                wait = LONGEST_REST_MILLIS;
                nextRest = System.nanoTime();
            }
            await(wait);
        }
    }

    private void step(boolean rested) throws IOException {
        seen = disk.read();
        AttachmentsInKernel living = new AttachmentsInKernel(kernel, network.name());
        keeper.run(living);
        List<IpPrefix> own = own();
        if (rested || !own.equals(told)) {
            // Before the next run, which gives those that are leaving back to their pool.
            BlockGateways.sweep(kernel, network, staying());
        }
        if (!own.equals(told)) {
            told = own;
            changed.run();
        }
        if (rested || storeChanged) {
            storeChanged = false;
            reclaimer.run();
        }
        if (rested) {
            collector.run(living);
        }
    }

    private List<IpPrefix> staying() throws IOException {
        return disk.read().blocks().values().stream()
                .filter(block -> !block.leaving())
                .map(HeldBlock::cidr)
                .toList();
    }

    /** What the store refuses is told once; without it the node has its blocks all the same. */
    private void look(String failure) {
        String now = failure;
        boolean wasReady = ready; // before, whoever waits for the first block tells why
        try {
            String shortage = keeper.shortage();
            if (shortage.isEmpty() && !ready && waitsForNamespaces()) {
                shortage = "the store has not told of the namespaces of pods yet";
            }
            if (shortage.isEmpty() && !ready) {
                ready = true;
                changed.run();
            }
            if (failure.isEmpty() || !shortage.isEmpty()) {
                now = failure.isEmpty() ? shortage : shortage + "; " + failure;
            }
        } catch (IOException e) {
            now = String.valueOf(e.getMessage());
        }
        boolean turned = now.isEmpty() != problem.isEmpty();
        if (turned && wasReady) {
            LOG.log(
                    now.isEmpty() ? System.Logger.Level.INFO : System.Logger.Level.WARNING,
                    "network {0}: {1}",
                    network.name(),
                    now.isEmpty() ? "addresses can be given again" : now);
        }
        // It is told in the Node, which all others follow: its numbers need not be of this moment.
        if (turned || System.nanoTime() - problemSince > PROBLEM_NANOS) {
            problem = now;
            problemSince = System.nanoTime();
        }
    }

    private boolean waitsForNamespaces() throws IOException {
        return view.hasNamespaces()
                && disk.read().namespaces().isEmpty()
                && System.nanoTime() - started < NAMESPACES_NANOS;
    }

    private void await(long millis) {
        try {
            long deaf = Math.min(millis, millis == TICK_MILLIS ? PAUSE_MILLIS : millis);
            TimeUnit.MILLISECONDS.sleep(deaf);
            if (!closed && news.tryAcquire(millis - deaf, TimeUnit.MILLISECONDS)) {
                news.release(); // for the run that asks
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            closed = true;
        }
    }

    @Override
    public void close() {
        closed = true;
        ledgers.forget(listener);
        news.release();
        Uninterruptibly.join(thread);
        view.close();
        kernel.close();
    }
}
