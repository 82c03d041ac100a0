package dev.kakehashi.state.reconcile;

import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.Uninterruptibly;
import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.ResourceKey;
import dev.kakehashi.state.engine.Applied;
import dev.kakehashi.state.engine.Engine;
import dev.kakehashi.state.engine.Healing;
import dev.kakehashi.state.engine.Step;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Keeps a desired state in being. It listens to the kernel in the namespaces that its engine is at
 * home in and looks at all of it at once when something that is wanted changes; and it looks
 * regularly at what the kernel does not tell (most sysctls, WireGuard's peers, anything in
 * namespaces of which the engine is only a guest), and, for caution and more rarely the more there
 * is, at all. What departs is put right, and the listener is told what it was.
 *
 * <p>It is made for a node that is busy: notifications about other things than what is wanted cost
 * a few microseconds, looks take at most a tenth of the time, who fails or is contested waits.
 */
public final class Reconciler implements AutoCloseable {
    /** The time between regular looks, unless another is asked for. */
    public static final Duration INTERVAL = Duration.ofMillis(400);

    private final Engine engine;
    private final ReconcilerListener listener;
    private final Pace pace;
    private final Signal signal;
    private final Watch watch;
    private final Thread thread;
    private final Object turn = new Object();
    private DesiredState desired = DesiredState.EMPTY;
    private Optional<DesiredState> unannounced = Optional.empty();
    private volatile String lastFailure = "";

    private Reconciler(Engine engine, String name, Duration interval, ReconcilerListener listener)
            throws LinuxException {
        this.engine = engine;
        this.listener = listener;
        this.pace = new Pace(interval, System.nanoTime());
        this.signal = new Signal(pace);
        this.watch = Watch.start(engine, name, signal);
        this.thread = Thread.ofPlatform().daemon().name("reconcile " + name).unstarted(this::run);
    }

    /**
     * Begins to keep, at first nothing.
     *
     * @param engine stays the caller's; it must be open as long as the reconciler
     * @param name for whom, as part of the names of threads
     */
    public static Reconciler start(Engine engine, String name, ReconcilerListener listener)
            throws IOException {
        return start(engine, name, INTERVAL, listener);
    }

    /**
     * The same with another time between regular looks: the longest time after which what the
     * kernel does not tell is noticed.
     */
    public static Reconciler start(
            Engine engine, String name, Duration interval, ReconcilerListener listener)
            throws IOException {
        Reconciler reconciler = new Reconciler(engine, name, interval, listener);
        reconciler.thread.start();
        return reconciler;
    }

    /**
     * Makes it so, takes away what was kept before and is no longer wanted, and from now on keeps
     * this.
     *
     * @throws IOException with the object and the reason if it cannot be done; nothing is changed
     *     then, and what was kept before still is
     */
    public Applied keep(DesiredState wanted) throws IOException {
        return keep(wanted, DesiredState.EMPTY);
    }

    /**
     * The same, and takes away what somebody else wanted once, for example an earlier process.
     *
     * @throws IOException with the object and the reason if it cannot be done; nothing is changed
     *     then, and what was kept before still is
     */
    public Applied keep(DesiredState wanted, DesiredState unwanted) throws IOException {
        synchronized (turn) {
            watch.wanted(wanted); // before the kernel tells of what is done for it
            boolean done = false;
            try {
                Applied applied = advance(wanted, unwanted);
                desired = wanted;
                unannounced = Optional.empty();
                done = true;
                return applied;
            } finally {
                if (!done) {
                    watch.wanted(desired);
                }
            }
        }
    }

    /** What stands need not be looked at again, unless the last look left something undone. */
    private Applied advance(DesiredState wanted, DesiredState unwanted) throws IOException {
        if (unwanted.isEmpty() && !desired.isEmpty() && lastFailure.isEmpty()) {
            return engine.advance(desired, wanted);
        }
        return engine.reconcile(wanted, desired.or(unwanted).minus(wanted));
    }

    /** What is kept. */
    public DesiredState kept() {
        synchronized (turn) {
            return desired;
        }
    }

    private void run() {
        try {
            for (Optional<Notice> due = signal.await(); due.isPresent(); due = signal.await()) {
                look(due.get());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look(Notice notice) {
        long began = System.nanoTime();
        if (notice == Notice.LOOK && !signal.isWholeLookDue() && isUnannouncedAsWanted()) {
            signal.glanced(began);
            return;
        }
        List<Step> steps = List.of();
        String failure = "";
        synchronized (turn) {
            if (!desired.isEmpty()) {
                try {
                    Healing healing = engine.heal(desired);
                    steps = healing.steps();
                    failure = reason(healing);
                } catch (IOException e) {
                    failure = String.valueOf(e.getMessage());
                }
            }
        }
        signal.looked(began, !steps.isEmpty(), failure.isEmpty());
        for (ReconcilerEvent.Healed healed : Remedies.of(steps, notice)) {
            listener.happened(healed);
        }
        if (!steps.isEmpty() && pace.isNewlyContested()) {
            listener.happened(new ReconcilerEvent.Contested(keys(steps), Pace.contestPause()));
        }
        if (!failure.isEmpty() && !failure.equals(lastFailure)) {
            listener.happened(new ReconcilerEvent.Failed(failure, pace.rest()));
        }
        if (failure.isEmpty() && !lastFailure.isEmpty()) {
            listener.happened(new ReconcilerEvent.Recovered());
        }
        lastFailure = failure;
    }

    private boolean isUnannouncedAsWanted() {
        synchronized (turn) {
            try {
                DesiredState part =
                        unannounced.orElseGet(
                                () -> Unannounced.of(desired, engine.homes().keySet()));
                unannounced = Optional.of(part);
                return part.isEmpty() || engine.plan(part).isEmpty();
            } catch (IOException e) {
                return false; // the look at the whole says why
            }
        }
    }

    private static String reason(Healing healing) {
        if (!healing.failures().isEmpty()) {
            int more = healing.failures().size() - 1 + healing.conflicts().size();
            return healing.failures().getFirst().getMessage()
                    + (more == 0 ? "" : ", and " + more + " more");
        }
        if (!healing.conflicts().isEmpty()) {
            int more = healing.conflicts().size() - 1;
            return healing.conflicts().getFirst() + (more == 0 ? "" : ", and " + more + " more");
        }
        return "";
    }

    private static List<ResourceKey> keys(List<Step> steps) {
        List<ResourceKey> keys = new ArrayList<>();
        for (Step step : steps) {
            if (!keys.contains(step.resource().key())) {
                keys.add(step.resource().key());
            }
        }
        return keys;
    }

    /** Stops keeping; what is in the kernel stays. Must not be called by the listener. */
    @Override
    public void close() {
        signal.close();
        watch.close();
        Uninterruptibly.join(thread);
    }
}
