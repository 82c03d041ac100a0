package dev.kakehashi.agent.node;

import dev.kakehashi.cluster.migration.NodeCarriers;
import dev.kakehashi.linux.Uninterruptibly;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * What the node's kernel was last made of, kept on disk for an agent that starts while the store
 * does not answer. It costs nothing at a start where the store answers: nothing is read, and
 * nothing written for some seconds; after that, only what would make another kernel, by a thread
 * for which nobody waits. On one thread otherwise.
 */
final class NodeMemory implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(NodeAgent.class.getName());

    /** How long a store may say nothing. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(3);

    /** The same of one that nobody has found to be gone: a listing may take long. */
    private static final long LONGEST_PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final long FIRST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** Half a minute among 5,000 nodes, of which some always come or go. */
    private static final long PAUSE_PER_NODE_NANOS = TimeUnit.MILLISECONDS.toNanos(6);

    private static final long CONFIRM_NANOS = TimeUnit.SECONDS.toNanos(30);

    /**
     * A view that was read.
     *
     * @param view what it says
     * @param confirmed when it was last known to hold
     * @param age how long before the agent looked for it that was
     */
    record Recalled(LastView view, Instant confirmed, Duration age) {}

    private final NodeAgentOptions options;
    private final LastViewFile file;
    private final LongSupplier clock;
    private final BooleanSupplier reachable;
    private final long started;
    private boolean looked;
    private Optional<Recalled> recalled = Optional.empty();
    private volatile Optional<LastView> written = Optional.empty();
    private Optional<NodeCarriers> carriers = Optional.empty();
    private Optional<Thread> writer = Optional.empty();
    private long next;
    private long nextConfirmation;
    private volatile String lastFailure = "";

    /**
     * Of an agent that has just started.
     *
     * @param clock nanoseconds that never go back ({@link System#nanoTime})
     * @param reachable whether the store did what it was last asked
     */
    NodeMemory(NodeAgentOptions options, LongSupplier clock, BooleanSupplier reachable) {
        this.options = options;
        this.file = LastViewFile.in(options.stateDirectory());
        this.clock = clock;
        this.reachable = reachable;
        this.started = clock.getAsLong();
        this.next = started + FIRST_PAUSE_NANOS;
        this.nextConfirmation = next;
    }

    /** What was last known; empty while the store may still answer, and when nothing is known. */
    Optional<Recalled> recall() {
        long waited = clock.getAsLong() - started;
        boolean isGone =
                waited >= LONGEST_PATIENCE_NANOS
                        || (waited >= PATIENCE_NANOS && !reachable.getAsBoolean());
        if (!looked && isGone) {
            looked = true;
            recalled = read();
        }
        return recalled;
    }

    private Optional<Recalled> read() {
        String consequence = "the store does not answer, and until it does nothing is healed: ";
        try {
            LastView view = file.read(options.node(), options.network());
            Instant confirmed = file.confirmed();
            Duration age = Duration.between(confirmed, Instant.now());
            return Optional.of(
                    new Recalled(view, confirmed, age.isNegative() ? Duration.ZERO : age));
        } catch (NoSuchFileException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    consequence + "there is no view that an earlier agent left in " + file);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, consequence + e.getMessage());
        }
        return Optional.empty();
    }

    /** The store answers: what was recalled is not needed any more. */
    void forget() {
        looked = true;
        recalled = Optional.empty();
    }

    /**
     * To be told of the kernel whenever it is as the store wants it.
     *
     * @param carriers of the node: another one is written at once, since peers go by what the node
     *     said of them
     */
    void keep(LastView now, NodeCarriers carriers) {
        long at = clock.getAsLong();
        boolean turned = this.carriers.isPresent() && !this.carriers.get().equals(carriers);
        if (writer.map(Thread::isAlive).orElse(false)
                || (at - next < 0 && !turned)
                || !reachable.getAsBoolean()
                || now.own().isEmpty()) { // the watch does not show it yet
            return;
        }
        int nodes = now.cluster().nodes().size();
        next = at + Math.max(PAUSE_NANOS, nodes * PAUSE_PER_NODE_NANOS);
        boolean isWritten = written.map(now::meansTheSameAs).orElse(false);
        if (isWritten) {
            written = Optional.of(now); // of thousands of Nodes the former ones are much
        }
        if (isWritten && at - nextConfirmation < 0) {
            return;
        }
        this.carriers = Optional.of(carriers);
        nextConfirmation = at + CONFIRM_NANOS;
        Thread thread =
                Thread.ofPlatform()
                        .name("last view of " + options.node())
                        .unstarted(() -> keep(now, isWritten));
        writer = Optional.of(thread);
        thread.start();
    }

    private void keep(LastView now, boolean isWritten) {
        try {
            if (isWritten) {
                file.confirm(Instant.now());
            } else {
                file.write(now);
                written = Optional.of(now);
            }
            lastFailure = "";
        } catch (IOException e) {
            written = Optional.empty();
            String failure = "cannot keep what is known of the network in " + file + ": " + e;
            if (!failure.equals(lastFailure)) {
                LOG.log(System.Logger.Level.WARNING, failure);
            }
            lastFailure = failure;
        }
    }

    /** Ends with the writing that has begun. */
    @Override
    public void close() {
        writer.ifPresent(Uninterruptibly::join);
    }
}
