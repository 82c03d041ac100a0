package dev.kakehashi.agent.node;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.engine.Applied;
import dev.kakehashi.state.engine.Engine;
import dev.kakehashi.state.reconcile.Reconciler;
import dev.kakehashi.state.reconcile.ReconcilerEvent;
import dev.kakehashi.state.reconcile.ReconcilerListener;

import java.io.IOException;
import java.util.stream.Collectors;

/** Keeps a namespace by the engine, and says in the log what was healed. */
final class EngineKeeper implements KernelKeeper {
    private static final System.Logger LOG = System.getLogger(NodeAgent.class.getName());

    private final Netns netns;
    private final Engine engine;
    private final Reconciler reconciler;
    private final String owner;

    private EngineKeeper(Netns netns, Engine engine, Reconciler reconciler, String owner) {
        this.netns = netns;
        this.engine = engine;
        this.reconciler = reconciler;
        this.owner = owner;
    }

    /**
     * Keeps {@code host}, which may be closed when this returns.
     *
     * @param owner for whom, in log lines
     * @param listener told what is healed, too
     */
    static EngineKeeper open(Netns host, String owner, ReconcilerListener listener)
            throws IOException {
        Netns own = host.<Netns, IOException>call(Netns::current);
        try {
            Engine engine = Engine.open(own);
            try {
                Reconciler reconciler =
                        Reconciler.start(
                                engine,
                                owner,
                                event -> {
                                    told(owner, event);
                                    listener.happened(event);
                                });
                return new EngineKeeper(own, engine, reconciler, owner);
            } catch (IOException e) {
                engine.close();
                throw e;
            }
        } catch (IOException e) {
            own.close();
            throw e;
        }
    }

    private static void told(String owner, ReconcilerEvent event) {
        boolean good = event instanceof ReconcilerEvent.Recovered;
        LOG.log(
                good ? System.Logger.Level.INFO : System.Logger.Level.WARNING,
                owner + ": " + event);
    }

    @Override
    public void keep(DesiredState wanted) throws IOException {
        Applied applied = reconciler.keep(wanted);
        LOG.log(System.Logger.Level.DEBUG, () -> owner + ": " + described(applied));
    }

    private static String described(Applied applied) {
        return applied.steps().stream()
                .flatMap(step -> step.commands().stream())
                .collect(Collectors.joining("; "));
    }

    @Override
    public void close() {
        reconciler.close();
        engine.close();
        netns.close();
    }
}
