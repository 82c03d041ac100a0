package dev.kakehashi.agent.attach;

import dev.kakehashi.agent.status.CallTimes;
import dev.kakehashi.linux.UnixSocket;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Reads a request from a connection, has it served, and tells the peer what is wrong with it. */
final class RequestHandler implements AttachServer.ConnectionHandler {
    private static final Logger LOG = System.getLogger(RequestHandler.class.getName());
    private static final Answer NOTHING = new Answer(0, new byte[0], new byte[0]);

    private final Calls calls;
    private final OwnProcess own;
    private final Leaving leaving;
    private final CallTimes times;
    private final AgentQuestions questions;
    private volatile boolean asked;

    /** What an agent does that is asked to make room. */
    @FunctionalInterface
    interface Leaving {
        /** Whether it leaves. */
        boolean leave();
    }

    RequestHandler(
            Calls calls,
            OwnProcess own,
            Leaving leaving,
            CallTimes times,
            AgentQuestions questions) {
        this.calls = calls;
        this.own = own;
        this.leaving = leaving;
        this.times = times;
        this.questions = questions;
    }

    @Override
    public void serve(UnixSocket connection, Crew crew) throws IOException {
        try (FrameChannel channel = new FrameChannel(connection)) {
            try {
                requireRoot(connection.peer());
                answer(channel, crew);
            } catch (ProtocolException e) {
                LOG.log(Level.WARNING, "refused a request: {0}", e.getMessage());
                channel.send(refusal(e));
            }
        }
    }

    /** Whether a request has come yet. */
    boolean hasBeenAsked() {
        return asked;
    }

    private static void requireRoot(UnixSocket.Credentials peer) throws ProtocolException {
        if (peer.uid() != 0) {
            throw new ProtocolException(
                    Refusal.NOT_ROOT, "only root may ask; the peer is user " + peer.uid());
        }
    }

    private void answer(FrameChannel channel, Crew crew) throws IOException {
        Frame frame = channel.receive(Deadline.in(Protocol.FRAME_TIMEOUT));
        switch (frame.type()) {
            case REQUEST -> call(channel, frame, crew);
            case LEAVE -> leave(channel);
            case ASK -> tell(channel, frame);
            default ->
                    throw new ProtocolException(
                            Refusal.MALFORMED, frame.type() + " is not how a conversation begins");
        }
    }

    private void call(FrameChannel channel, Frame frame, Crew crew) throws IOException {
        int version = Conversation.agree(frame.number(Tag.LOWEST), frame.version());
        asked = true;
        AttachRequest request = AttachRequest.decode(frame);
        Descriptors descriptors =
                Descriptors.of(frame.bytes(Tag.DESCRIPTORS), channel.takeDescriptors());
        long start = System.nanoTime();
        times.begun();
        try (Requester requester = Requester.of(request, descriptors, own)) {
            Conversation conversation = new Conversation(channel, request, version);
            calls.serve(
                    request,
                    requester,
                    // What runs elsewhere may call us again.
                    (path, changes, stdin) ->
                            crew.during(() -> conversation.run(path, changes, stdin)),
                    answer -> {
                        // Once it has the answer, the runtime may unmount the container's
                        // namespace.
                        requester.letGo();
                        long nanos = System.nanoTime() - start;
                        conversation.finish(answer);
                        boolean _ = crew.during(channel::letPeerEnd);
                        log(request, answer, nanos);
                    });
        } finally {
            times.ended();
        }
    }

    private void tell(FrameChannel channel, Frame frame) throws IOException {
        String what = frame.text(Tag.TEXT);
        Optional<String> answer;
        try {
            answer = questions.answer(what);
        } catch (IOException e) {
            throw new ProtocolException(Refusal.UNANSWERABLE, String.valueOf(e.getMessage()), e);
        }
        byte[] text =
                answer.orElseThrow(() ->
                                new ProtocolException(
                                        Refusal.UNANSWERABLE,
                                        "this agent knows nothing of " + what))
                        .getBytes(StandardCharsets.UTF_8);
        channel.send(
                new FrameWriter(Protocol.VERSION, FrameType.TOLD).put(Tag.DOCUMENT, text).finish());
    }

    private void log(AttachRequest request, Answer answer, long nanos) {
        times.calls().took(request.command(), request.plugin(), answer.exitStatus() == 0, nanos);
        if (answer.exitStatus() != 0) {
            LOG.log(
                    Level.WARNING,
                    "{0} failed: {1}",
                    request.subject(),
                    CniErrors.oneLine(answer.stdout()));
        } else if (LOG.isLoggable(Level.DEBUG)) {
            LOG.log(Level.DEBUG, "{0}: {1} us", request.subject(), nanos / 1000);
        }
    }

    private void leave(FrameChannel channel) throws IOException {
        if (!leaving.leave()) {
            throw new ProtocolException(
                    Refusal.MALFORMED, "this agent was not started on demand and stays");
        }
        channel.send(NOTHING.encode(Protocol.VERSION));
    }

    private static byte[] refusal(ProtocolException e) throws ProtocolException {
        return new FrameWriter(Protocol.VERSION, FrameType.REFUSED)
                .put(Tag.REASON, e.refusal().number())
                .put(Tag.LOWEST, Protocol.LOWEST)
                .put(Tag.HIGHEST, Protocol.VERSION)
                .put(Tag.TEXT, String.valueOf(e.getMessage()))
                .finish();
    }
}
