package dev.kakehashi.agent.attach;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Brings to an end what a process that died had begun: an ADD is undone and a DEL finished, both by
 * running DEL, which may be done any number of times (CNI SPEC section 4, DEL). Of a call of an
 * earlier boot only files are left, so DEL runs without the namespace: its path may by now be
 * another container's.
 */
final class Recovery {
    private static final Duration DELETE_TIMEOUT = Duration.ofSeconds(30);
    private static final int ANSWERS_KEPT = 256;

    private final PluginRun plugins;
    private final NodeState state;
    private final OwnProcess own;

    /** Calls on hosts other than our own, until a request from there brings a way to reach it. */
    private final List<JournalSlot> elsewhere = new ArrayList<>();

    private final Map<RequestId, Answer> answers =
            new LinkedHashMap<>() {
                private static final long serialVersionUID = 1;

                @Override
                protected boolean removeEldestEntry(Map.Entry<RequestId, Answer> eldest) {
                    return size() > ANSWERS_KEPT;
                }
            };

    private final boolean forOneCall;

    private Recovery(PluginRun plugins, NodeState state, OwnProcess own, boolean forOneCall) {
        this.plugins = plugins;
        this.state = state;
        this.own = own;
        this.forOneCall = forOneCall;
    }

    /** Of an agent, which looks when it starts and from time to time. */
    static Recovery ofAgent(PluginRun plugins, NodeState state, OwnProcess own) {
        return new Recovery(plugins, state, own, false);
    }

    /** Of a process that serves one call, and looks before it does. */
    static Recovery forOneCall(PluginRun plugins, NodeState state, OwnProcess own) {
        return new Recovery(plugins, state, own, true);
    }

    /**
     * Deals with everything that nobody works on any more.
     *
     * @param heldContainer the container whose turn the caller holds; empty for none
     * @param patience how long to wait for the turn of each other container; when somebody keeps it
     *     longer, the entry is left for the next time
     */
    void run(String heldContainer, Duration patience) throws IOException {
        for (JournalSlot slot : state.journal().orphans()) {
            Optional<byte[]> answer = slot.answer();
            JournalRecord record = slot.record().orElseThrow();
            if (answer.isPresent()) {
                answered(record, answer.get());
                state.journal().end(slot);
            } else if (record.domain().isReachedBy(own.domain())) {
                resolve(slot, Optional.empty(), heldContainer, patience);
            } else if (isOfThisBoot(record)) {
                synchronized (elsewhere) {
                    elsewhere.add(slot);
                }
            } else {
                // Nothing of it is in the kernel, and its host cannot be told from others any more;
                // what an earlier boot reserved is given back by whoever reserves next.
                state.journal().end(slot);
            }
        }
    }

    private boolean isOfThisBoot(JournalRecord record) {
        return record.bootId().equals(state.journal().bootId());
    }

    /**
     * The front binary may ask again for an answer that it did not receive, and what comes behind
     * an answer may not have been done.
     */
    private void answered(JournalRecord record, byte[] frame) {
        try {
            AttachRequest call = record.decodeRequest();
            Answer answer = Answer.decode(JournalRecord.decodeFrame(frame));
            synchronized (answers) {
                answers.put(call.id(), answer);
            }
            state.records().note(record.domain(), call, answer);
        } catch (ProtocolException e) {
            log().log(
                            Level.WARNING,
                            "the journal has an answer that cannot be read: {0}",
                            e.getMessage());
        }
    }

    /** The answer that a call got from a process that died before it could deliver it. */
    @Nullable Answer answerOf(RequestId id) {
        synchronized (answers) {
            return answers.remove(id);
        }
    }

    /**
     * Deals with what must be over before a call begins, in the turn of its container: in an agent,
     * with what was begun on the requester's host when that is not our own.
     */
    void beforeCall(AttachRequest request, Requester requester) throws IOException {
        if (forOneCall) {
            run(request.variable("CNI_CONTAINERID"), Duration.ZERO);
        }
        if (requester.domain().isOwn()) {
            return;
        }
        List<JournalSlot> now = new ArrayList<>();
        synchronized (elsewhere) {
            for (Iterator<JournalSlot> all = elsewhere.iterator(); all.hasNext(); ) {
                JournalSlot slot = all.next();
                if (slot.record().orElseThrow().domain().isReachedBy(requester.domain())) {
                    all.remove();
                    now.add(slot);
                }
            }
        }
        String held = request.variable("CNI_CONTAINERID");
        for (JournalSlot slot : now) {
            resolve(slot, Optional.of(requester), held, Duration.ZERO);
        }
    }

    private void resolve(
            JournalSlot slot, Optional<Requester> there, String heldContainer, Duration patience)
            throws IOException {
        JournalRecord record = slot.record().orElseThrow();
        AttachRequest call;
        try {
            call = record.decodeRequest();
        } catch (ProtocolException e) {
            log().log(
                            Level.ERROR,
                            "the journal has a call that cannot be read: {0}",
                            e.getMessage());
            state.journal().end(slot);
            return;
        }
        String container = call.variable("CNI_CONTAINERID");
        if (container.equals(heldContainer)) {
            resolveInTurn(slot, call, record, there);
            return;
        }
        try {
            AttachmentLocks.Held turn = state.locks().container(container, Deadline.in(patience));
            try {
                resolveInTurn(slot, call, record, there);
            } finally {
                turn.close();
            }
        } catch (BusyException e) {
            log().log(Level.WARNING, "{0} is left for later: {1}", call.subject(), e.getMessage());
            state.journal().abandon(slot);
        }
    }

    private void resolveInTurn(
            JournalSlot slot, AttachRequest call, JournalRecord record, Optional<Requester> there)
            throws IOException {
        AttachRequest del = asDel(call, isOfThisBoot(record));
        Answer answer = delete(del, there);
        if (answer.exitStatus() == 0) {
            log().log(
                            Level.INFO,
                            "{0} {1}: the process that worked on it had died",
                            call.command().equals("ADD") ? "undid" : "finished",
                            call.subject());
            state.journal().end(slot);
        } else {
            log().log(
                            Level.ERROR,
                            "{0}: its process died and it cannot be undone now; it is tried again: {1}",
                            call.subject(),
                            CniErrors.oneLine(answer.stdout()));
            state.journal().abandon(slot);
        }
    }

    private Answer delete(AttachRequest del, Optional<Requester> there) throws IOException {
        if (there.isPresent()) {
            return plugins.run(del, there.get(), new ChildExec(del));
        }
        try (Requester here = Requester.of(del, Descriptors.NONE, own)) {
            return plugins.run(del, here, new ChildExec(del));
        }
    }

    private static AttachRequest asDel(AttachRequest call, boolean sameBoot) {
        Map<String, String> environment = new HashMap<>(call.environment().variables());
        environment.put("CNI_COMMAND", "DEL");
        if (!sameBoot) {
            environment.put("CNI_NETNS", "");
        }
        return new AttachRequest(
                call.plugin(),
                Environment.of(environment),
                call.stdin(),
                Deadline.in(DELETE_TIMEOUT),
                call.id(),
                call.front(),
                call.directory(),
                0);
    }

    /** Looked for when there is something to say: docs/adr/0008. */
    private static Logger log() {
        return System.getLogger(Recovery.class.getName());
    }
}
