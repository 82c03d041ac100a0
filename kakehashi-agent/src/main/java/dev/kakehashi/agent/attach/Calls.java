package dev.kakehashi.agent.attach;

import dev.kakehashi.cni.CniAttachment;
import dev.kakehashi.cni.CniException;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;

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
            if (RequesterExec.isWithinTurn(request)) {
                serveInTurn(request, requester, exec, delivery, _ -> {});
                return;
            }
            switch (request.command()) {
                case "ADD", "DEL", "CHECK" -> {
                    try (AttachmentLocks.Turn turn = turn(request)) {
                        Delivery last =
                                answer -> {
                                    turn.ending();
                                    delivery.deliver(answer);
                                };
                        serveInTurn(request, requester, exec, last, turn::begun);
                    }
                }
                case "GC" -> collect(request, requester, exec, delivery);
                // STATUS, VERSION and whatever is no command change nothing and wait for nobody.
                default -> delivery.deliver(plugins.run(request, requester, exec));
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

    private AttachmentLocks.Turn turn(AttachRequest request) throws IOException, BusyException {
        return state.locks().container(request.variable("CNI_CONTAINERID"), request.deadline());
    }

    /**
     * Runs GC beside the calls that have begun: their attachments are alive, and the caller may not
     * have known of them when it made its list.
     */
    private void collect(
            AttachRequest request, Requester requester, ForeignExec exec, Delivery delivery)
            throws IOException, BusyException {
        Set<CniAttachment> begun = new LinkedHashSet<>(state.locks().begun());
        try (AttachmentLocks.Held _ = state.locks().quiet(request.deadline())) {
            begun.addAll(state.locks().begun());
            delivery.deliver(plugins.run(SparingGc.of(request, begun), requester, exec));
        }
    }

    private void serveInTurn(
            AttachRequest request,
            Requester requester,
            ForeignExec exec,
            Delivery delivery,
            Consumer<CniAttachment> begun)
            throws IOException, BusyException {
        CniAttachment attachment =
                new CniAttachment(
                        request.variable("CNI_CONTAINERID"), request.variable("CNI_IFNAME"));
        boolean changes = request.command().equals("ADD") || request.command().equals("DEL");
        if (!changes) {
            begun.accept(attachment);
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
            begun.accept(attachment);
            if (request.command().equals("ADD")) {
                requester.rememberBy(() -> toDisk(slot));
            }
            Answer answer = plugins.run(request, requester, rememberedBefore(exec, requester));
            slot.finish(answer.encode(Protocol.VERSION));
            over = true;
            try {
                delivery.deliver(answer);
            } finally {
                state.records().note(requester.domain(), request, answer);
            }
        } finally {
            if (over) {
                state.journal().end(slot);
            } else {
                // A defect of ours, or no memory: what the call did is unknown, so it is undone.
                state.journal().abandon(slot);
            }
        }
    }

    private static void toDisk(JournalSlot slot) throws CniException {
        try {
            slot.toDisk();
        } catch (IOException e) {
            throw new CniException(
                    CniException.IO_FAILURE, "cannot write the journal: " + e.getMessage(), e);
        }
    }

    /**
     * What another program reserves may outlive this boot (an address of a whole cluster's, say),
     * and it does not say so as a plugin of ours would.
     */
    private static ForeignExec rememberedBefore(ForeignExec exec, Requester requester) {
        return (path, changes, stdin) -> {
            requester.rememberBeyondBoot();
            return exec.run(path, changes, stdin);
        };
    }

    /** Looked for when there is something to say: docs/adr/0008. */
    private static Logger log() {
        return System.getLogger(Calls.class.getName());
    }
}
