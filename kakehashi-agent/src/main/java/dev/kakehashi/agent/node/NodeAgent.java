package dev.kakehashi.agent.node;

import dev.kakehashi.agent.pods.PodMtuTurn;
import dev.kakehashi.agent.status.NodeStatus;
import dev.kakehashi.agent.status.RouteStatus;
import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.Problem;
import dev.kakehashi.cluster.ipam.Ledgers;
import dev.kakehashi.cluster.node.NodeKeeper;
import dev.kakehashi.cluster.store.Mirror;
import dev.kakehashi.cluster.store.Rejected;
import dev.kakehashi.cluster.store.Store;
import dev.kakehashi.cluster.store.StoreEvent;
import dev.kakehashi.cluster.store.Stores;
import dev.kakehashi.linux.Uninterruptibly;
import dev.kakehashi.linux.netns.Netns;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Follows the store and keeps this node's kernel as its Network wants it: registers the node,
 * compiles, hands the result to the engine that heals it, writes the CNI configuration once all is
 * in place, and reports in the Node.
 *
 * <p>Everything happens on one thread that runs when the store changes, and every half second,
 * should the underlay be another. Whatever fails is tried again with growing pauses; what worked
 * before stays in the kernel meanwhile. Closing the agent leaves the kernel as it is: traffic does
 * not depend on it.
 */
public final class NodeAgent implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(NodeAgent.class.getName());
    private static final long TICK_MILLIS = 500;
    private static final long FIRST_PAUSE_MILLIS = 100;
    private static final long LONGEST_PAUSE_MILLIS = 10_000;
    private static final long LONGEST_DEAFNESS_MILLIS = 500;

    private final Store store;
    private final Mirror<Node> nodes;
    private final Mirror<Network> networks;
    private final NodeConvergence convergence;
    private final NodeMonitor monitor;
    private final NodeMemory memory;
    private final Semaphore news = new Semaphore(0);
    private final Thread thread;
    private volatile boolean closed;
    private String lastFailure = "";

    private NodeAgent(NodeAgentOptions options, Netns host, Ledgers ledgers, PodMtuTurn podMtus)
            throws IOException {
        this.store = Stores.open(options.store());
        this.nodes =
                Mirror.startInBackground(
                        store,
                        Kind.NODE.keeping(node -> NodeKeeper.seenBy(node, options.node())),
                        this::changed);
        this.networks = Mirror.startInBackground(store, Kind.NETWORK, this::changed);
        this.memory = new NodeMemory(options, System::nanoTime, () -> store.status().reachable());
        boolean opened = false;
        try {
            this.monitor = new NodeMonitor(options, host, store, ledgers, this::rejected);
            this.convergence =
                    new NodeConvergence(
                            options,
                            host,
                            store,
                            nodes,
                            networks,
                            ledgers,
                            podMtus,
                            news::release,
                            monitor,
                            memory);
            opened = true;
        } finally {
            if (!opened) {
                closeStore();
            }
        }
        this.thread = Thread.ofPlatform().name("node " + options.node()).unstarted(this::run);
        monitor.watch(thread);
    }

    /** How the node stands, for whoever asks. */
    public NodeStatus status() {
        return monitor.status();
    }

    /**
     * The node's routes to the pods of others, as its kernel has them.
     *
     * @throws IOException when the kernel cannot be read
     */
    public List<RouteStatus> routes() throws IOException {
        return monitor.routes();
    }

    private List<Rejected> rejected() {
        List<Rejected> all = new ArrayList<>(networks.rejected());
        all.addAll(nodes.rejected());
        return all;
    }

    /**
     * Starts an agent for the namespace of the calling thread.
     *
     * @param ledgers the node's ledgers of addresses, as this process's plugins use them
     * @param podMtus shared with whoever else of this process changes MTUs of pods
     * @throws IOException when the store cannot be opened or the kernel not be reached
     */
    public static NodeAgent start(NodeAgentOptions options, Ledgers ledgers, PodMtuTurn podMtus)
            throws IOException {
        try (Netns host = Netns.current()) {
            return start(options, host, ledgers, podMtus);
        }
    }

    /**
     * Starts an agent for a namespace, in a process that attaches no pods.
     *
     * @param host the node's namespace; may be closed when this returns
     * @param ledgers the node's ledgers of addresses, as this process's plugins use them
     * @throws IOException when the store's address is wrong or the kernel cannot be reached; a
     *     store that does not answer is waited for in the background
     */
    public static NodeAgent start(NodeAgentOptions options, Netns host, Ledgers ledgers)
            throws IOException {
        return start(options, host, ledgers, new PodMtuTurn());
    }

    private static NodeAgent start(
            NodeAgentOptions options, Netns host, Ledgers ledgers, PodMtuTurn podMtus)
            throws IOException {
        NodeAgent agent = new NodeAgent(options, host, ledgers, podMtus);
        agent.thread.start();
        return agent;
    }

    private void changed(StoreEvent<?> event) {
        if (event instanceof StoreEvent.Broken<?>(var rejected)) {
            logRejected(rejected);
        }
        if (event instanceof StoreEvent.Put<?>(var stored) && !stored.warnings().isEmpty()) {
            LOG.log(System.Logger.Level.WARNING, joined(stored.warnings()));
        }
        news.release();
    }

    static void logRejected(Rejected rejected) {
        LOG.log(
                System.Logger.Level.WARNING,
                joined(rejected.problems()) + "; the last good state stays in force");
    }

    private static String joined(Iterable<Problem> problems) {
        StringBuilder text = new StringBuilder();
        problems.forEach(problem -> text.append(text.isEmpty() ? "" : "; ").append(problem));
        return text.toString();
    }

    private void run() {
        long pause = FIRST_PAUSE_MILLIS;
        while (!closed) {
            long wait = TICK_MILLIS;
            monitor.begins();
            try {
                converge();
                pause = FIRST_PAUSE_MILLIS;
                recovered();
            } catch (UntoldException e) {
                pause = FIRST_PAUSE_MILLIS; // the kernel is followed as usual
                untold(e);
            } catch (ConvergenceException e) {
                failed(e);
                wait = pause;
                pause = Math.min(pause * 2, LONGEST_PAUSE_MILLIS);
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException | Error e) {
                // A node that no longer follows the store while its process lives would be worse.
                LOG.log(System.Logger.Level.ERROR, "defect in the node agent, trying again", e);
                monitor.failing("Defect", "defect in the node agent: " + e);
                wait = LONGEST_PAUSE_MILLIS;
            }
            monitor.rests();
            try {
                if (wait != TICK_MILLIS) {
                    // What we tell of a failure is news too, and must not make us try at once.
                    long deaf = Math.min(wait, LONGEST_DEAFNESS_MILLIS);
                    TimeUnit.MILLISECONDS.sleep(deaf);
                    wait -= deaf;
                }
                if (news.tryAcquire(wait, TimeUnit.MILLISECONDS)) {
                    news.drainPermits();
                }
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** Whether the store has said what is wanted. */
    private boolean isListed() {
        return nodes.isListed() && networks.isListed();
    }

    /**
     * An empty mirror says nothing of what is wanted, and a store that goes away again not all of
     * it; until it once has, it is what was known last.
     */
    private void converge() throws ConvergenceException, UntoldException, InterruptedException {
        Optional<ConvergenceException> failure = Optional.empty();
        if (isListed()) {
            try {
                convergence.run();
                memory.forget();
                return;
            } catch (UntoldException e) {
                memory.forget(); // it has said all
                throw e;
            } catch (ConvergenceException e) {
                if (!e.isOfStore() || memory.recall().isEmpty()) {
                    throw e;
                }
                failure = Optional.of(e);
            }
        }
        Optional<NodeMemory.Recalled> recalled = memory.recall();
        if (recalled.isPresent()) {
            convergence.run(recalled.get(), failure);
        }
    }

    /** The same failure is told once, not at every attempt. */
    private void failed(ConvergenceException e) {
        boolean isNews = isNews(e.reason(), String.valueOf(e.getMessage()));
        if (isListed()) { // else there is nobody to tell, and nothing is to wait for that
            convergence.failing(e, isNews);
        }
    }

    private void untold(UntoldException e) {
        var _ = isNews(e.reason(), String.valueOf(e.getMessage()));
    }

    private boolean isNews(String reason, String failure) {
        monitor.failing(reason, failure);
        if (failure.equals(lastFailure)) {
            return false;
        }
        LOG.log(System.Logger.Level.WARNING, failure);
        lastFailure = failure;
        return true;
    }

    private void recovered() {
        monitor.recovered();
        if (!lastFailure.isEmpty()) {
            LOG.log(System.Logger.Level.INFO, "recovered from: " + lastFailure);
            lastFailure = "";
        }
    }

    @Override
    public void close() {
        closed = true;
        // No interrupt: it would close the file that is being written under the writer.
        news.release();
        Uninterruptibly.join(thread);
        convergence.close();
        memory.close();
        monitor.close();
        closeStore();
    }

    private void closeStore() {
        nodes.close();
        networks.close();
        store.close();
    }
}
