package dev.kakehashi.agent.attach;

import dev.kakehashi.cni.CniException;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * Serves calls one after the other where they concern one container: takes the turn, writes the
 * journal, runs the plugin, delivers the answer, and only then forgets the call.
 */
final class Calls {

    private final PluginRun plugins;
    private final NodeState state;
    private final Recovery recovery;

    Calls(PluginRun plugins, NodeState state, Recovery recovery) {
        this.plugins = plugins;
        this.state = state;
        this.recovery = recovery;
    }

    /** Where the answer goes. */
    @FunctionalInterface
    interface Delivery {
        void deliver(Answer answer) throws IOException;
    }

    /**
     * Serves one call; failures around the plugin are answered as CNI errors.
     *
     * @throws IOException when the answer cannot be delivered; the call is over all the same
     */
    void serve(AttachRequest request, Requester requester, ForeignExec exec, Delivery delivery)
            throws IOException {
        try {
            AttachmentLocks.Held turn = turn(request);
            try {
                serveInTurn(request, requester, exec, delivery);
            } finally {
                turn.close();
            }
        } catch (BusyException e) {
            log().log(
                            Level.WARNING,
                            "{0}: gave up waiting: {1}",
                            request.subject(),
                            e.getMessage());
            delivery.deliver(
                    CniErrors.answer(
                            request,
                            CniException.TRY_AGAIN_LATER,
                            String.valueOf(e.getMessage()),
                            request.subject()));
        }
    }

    /** STATUS, VERSION and whatever is no command change nothing and wait for nobody. */
    private AttachmentLocks.Held turn(AttachRequest request) throws IOException, BusyException {
        String command = request.command();
        if (RequesterExec.isWithinTurn(request)) {
            return () -> {};
        }
        return switch (command) {
            case "ADD", "DEL", "CHECK" ->
                    state.locks()
                            .container(request.variable("CNI_CONTAINERID"), request.deadline());
            case "GC" -> state.locks().all(request.deadline());
            default -> () -> {};
        };
    }

    private void serveInTurn(
            AttachRequest request, Requester requester, ForeignExec exec, Delivery delivery)
            throws IOException, BusyException {
        boolean changes = request.command().equals("ADD") || request.command().equals("DEL");
        if (!changes) {
            delivery.deliver(plugins.run(request, requester, exec));
            return;
        }
        recovery.beforeCall(request, requester);
        Answer earlier = recovery.answerOf(request.id());
        if (earlier != null) {
            delivery.deliver(earlier);
            return;
        }
        JournalSlot slot;
        try {
            slot = state.journal().begin(requester.domain(), request);
        } catch (IOException e) {
            log().log(Level.ERROR, request.subject() + ": cannot write the journal", e);
            delivery.deliver(
                    CniErrors.answer(
                            request,
                            CniException.IO_FAILURE,
                            "cannot write the journal: " + e.getMessage(),
                            ""));
            return;
        }
        boolean over = false;
        try {
            Answer answer = plugins.run(request, requester, exec);
            slot.finish(answer.encode(Protocol.VERSION));
            over = true;
            delivery.deliver(answer);
        } finally {
            if (over) {
                state.journal().end(slot);
            } else {
                // A defect of ours, or no memory: what the call did is unknown, so it is undone.
                state.journal().abandon(slot);
            }
        }
    }

    /** Looked for when there is something to say: docs/adr/0008. */
    private static Logger log() {
        return System.getLogger(Calls.class.getName());
    }
}
