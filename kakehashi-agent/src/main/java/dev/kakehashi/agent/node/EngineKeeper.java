package dev.kakehashi.agent.node;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.engine.Applied;
import dev.kakehashi.state.engine.Engine;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Keeps a namespace by the engine: looks at it several times a second, so that also what the kernel
 * does not announce (sysctls, routes lost with a link) is healed within a second.
 */
final class EngineKeeper implements KernelKeeper {
    private static final System.Logger LOG = System.getLogger(NodeAgent.class.getName());
    private static final long LOOK_MILLIS = 400;

    private final Netns netns;
    private final Engine engine;
    private final String owner;
    private final Thread thread;
    private volatile boolean closed;
    private DesiredState desired = DesiredState.EMPTY;
    private String lastFailure = "";

    private EngineKeeper(Netns netns, Engine engine, String owner) {
        this.netns = netns;
        this.engine = engine;
        this.owner = owner;
        this.thread = Thread.ofPlatform().daemon().name("heal " + owner).unstarted(this::run);
    }

    /**
     * Keeps {@code host}, which may be closed when this returns.
     *
     * @param owner for whom, in log lines
     */
    static EngineKeeper open(Netns host, String owner) throws IOException {
        Netns own = host.<Netns, IOException>call(Netns::current);
        Engine engine;
        try {
            engine = Engine.open(own);
        } catch (IOException e) {
            own.close();
            throw e;
        }
        EngineKeeper keeper = new EngineKeeper(own, engine, owner);
        keeper.thread.start();
        return keeper;
    }

    @Override
    public synchronized void keep(DesiredState wanted) throws IOException {
        DesiredState unwanted = desired.minus(wanted);
        Applied applied = engine.reconcile(wanted, unwanted);
        LOG.log(System.Logger.Level.DEBUG, "{0}: {1}", owner, described(applied));
        desired = wanted;
    }

    private void run() {
        while (!closed) {
            try {
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
                heal();
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private synchronized void heal() {
        if (desired.isEmpty()) {
            return;
        }
        String failure = "";
        try {
            Applied applied = engine.reconcile(desired);
            if (!applied.isUnchanged()) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        owner + " healed, for it was missing or changed: " + described(applied));
            }
        } catch (IOException e) {
            failure = "cannot heal " + owner + ": " + e.getMessage();
        }
        if (!failure.equals(lastFailure) && !failure.isEmpty()) {
            LOG.log(System.Logger.Level.WARNING, failure);
        }
        lastFailure = failure;
    }

    private static String described(Applied applied) {
        return applied.steps().stream()
                .flatMap(step -> step.commands().stream())
                .collect(Collectors.joining("; "));
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        engine.close();
        netns.close();
    }
}
