package dev.kakehashi.agent.attach;

import dev.kakehashi.agent.pods.PodMtuTurn;
import dev.kakehashi.agent.status.CallTimes;
import dev.kakehashi.linux.LinuxException;

import java.io.Closeable;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * The part of the agent that answers front binaries. It first brings to an end what an agent that
 * died had begun, and only then listens.
 */
public final class AttachService implements Closeable {
    private static final Logger LOG = System.getLogger(AttachService.class.getName());

    /** How long a start waits for the turn of a container that somebody else still works on. */
    private static final Duration START_PATIENCE = Duration.ofSeconds(2);

    private static final Duration QUIET_PATIENCE = Duration.ofSeconds(30);

    private final PluginRegistry registry;
    private final Path stateDirectory;
    private final OwnProcess own;
    private final NodeState state;
    private final Recovery recovery;
    private final RequestHandler handler;
    private final AttachServer server;
    private Optional<AttachmentKeeper> keeper = Optional.empty();

    private AttachService(
            PluginRegistry registry,
            Path stateDirectory,
            OwnProcess own,
            NodeState state,
            Recovery recovery,
            RequestHandler handler,
            AttachServer server) {
        this.registry = registry;
        this.stateDirectory = stateDirectory;
        this.own = own;
        this.state = state;
        this.recovery = recovery;
        this.handler = handler;
        this.server = server;
    }

    /**
     * Starts the service in the namespaces of this process.
     *
     * @param socket where to listen; nobody else may serve it. Records of attachments are beside it
     * @param stateDirectory where locks and journal are, usually {@code /var/lib/kakehashi}
     * @param registry the plugins
     * @param begin what each thread that serves calls does before it serves the first
     * @param leave asked when another agent wants this one's place; answers whether it leaves
     * @param times where its calls are counted
     * @param questions what people may ask of the agent
     */
    public static AttachService start(
            Path socket,
            Path stateDirectory,
            PluginRegistry registry,
            Runnable begin,
            LeaveRequest leave,
            CallTimes times,
            AgentQuestions questions)
            throws IOException {
        OwnProcess own = OwnProcess.look();
        NodeState state = null;
        try {
            state = NodeState.open(stateDirectory, AttachmentRecords.beside(socket), own.netnsId());
            PluginRun plugins = new PluginRun(registry, Optional.of(times.delegates()));
            Recovery recovery = Recovery.ofAgent(plugins, state, own);
            recovery.run("", START_PATIENCE);
            Calls calls = new Calls(plugins, state, recovery);
            RequestHandler handler =
                    new RequestHandler(calls, own, leave::mayLeave, times, questions);
            AttachServer server = AttachServer.start(socket, handler, begin);
            return new AttachService(
                    registry, stateDirectory, own, state, recovery, handler, server);
        } catch (IOException | RuntimeException e) {
            own.close();
            if (state != null) {
                state.close();
            }
            throw e;
        }
    }

    /** What the agent says to another one that wants its place. */
    @FunctionalInterface
    public interface LeaveRequest {
        /** Whether it goes; it then does so when its requests are answered. */
        boolean mayLeave();
    }

    /** For how long nothing has been asked. */
    public Duration idle() {
        return server.idle();
    }

    /**
     * Attaches a container out of sight, so that the first real one does not wait for this process
     * to learn how; not when it has been asked already. Takes some hundred milliseconds.
     */
    public void rehearse() {
        if (handler.hasBeenAsked()) {
            return;
        }
        try {
            Rehearsal.run(registry, own, stateDirectory.resolve("attach/rehearsal"));
            LOG.log(Level.DEBUG, "rehearsed");
        } catch (IOException e) {
            // Whatever is wrong, a real call will say so to somebody who can do something about it.
            LOG.log(Level.DEBUG, "not rehearsed: {0}", e.getMessage());
        }
    }

    /**
     * From now on what others change of attachments, in pods too, is put right.
     *
     * @param podMtus shared with whoever else of this process changes MTUs of pods
     */
    public void keepAttachments(PodMtuTurn podMtus) {
        try {
            keeper = Optional.of(AttachmentKeeper.start(registry, state, own, podMtus));
        } catch (LinuxException e) {
            LOG.log(
                    Level.WARNING,
                    "what others change in pods will not be put right: {0}",
                    e.getMessage());
        }
    }

    /** Undoes or finishes what one-shot runs that died have left since. */
    public void recover() {
        try {
            recovery.run("", Duration.ZERO);
        } catch (IOException e) {
            LOG.log(Level.ERROR, "cannot read the journal", e);
        }
    }

    /** Stops listening, and returns when what was asked before is answered. */
    @Override
    public void close() throws IOException {
        keeper.ifPresent(AttachmentKeeper::close);
        server.close();
        if (!server.awaitQuiet(Deadline.in(QUIET_PATIENCE))) {
            LOG.log(
                    Level.WARNING,
                    "{0} requests are still running; the next start undoes or finishes them",
                    server.serving());
            return; // their journal must stay as it is
        }
        state.close();
        own.close();
    }
}
