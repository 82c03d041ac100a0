package dev.kakehashi.agent.attach;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.exec.ExecOutcome;
import dev.kakehashi.linux.Errno;

import java.io.IOException;
import java.util.Map;

/** One accepted request on its connection: how the agent answers, and has things run over there. */
final class Conversation implements ForeignExec {
    private final FrameChannel channel;
    private final AttachRequest request;
    private final int version;

    Conversation(FrameChannel channel, AttachRequest request, int version) {
        this.channel = channel;
        this.request = request;
        this.version = version;
    }

    /**
     * The version for a conversation with a peer that speaks these.
     *
     * @throws ProtocolException when there is none in common
     */
    static int agree(int lowest, int highest) throws ProtocolException {
        int version = Math.min(highest, Protocol.VERSION);
        if (version < Math.max(lowest, Protocol.LOWEST)) {
            throw new ProtocolException(
                    Refusal.NO_COMMON_VERSION,
                    "the front binary speaks the protocol versions "
                            + lowest
                            + " to "
                            + highest
                            + ", this agent "
                            + Protocol.LOWEST
                            + " to "
                            + Protocol.VERSION);
        }
        return version;
    }

    void finish(Answer answer) throws IOException {
        channel.send(answer.encode(version));
    }

    @Override
    public ExecOutcome run(String path, Map<String, String> changes, byte[] stdin)
            throws CniException {
        try {
            channel.send(
                    new FrameWriter(version, FrameType.EXEC)
                            .put(Tag.PATH, path)
                            .put(Tag.ENVIRONMENT, request.environment().bytesWith(changes))
                            .put(Tag.STDIN, stdin)
                            .put(Tag.DEADLINE, request.deadline().remainingMillis())
                            .finish());
            Frame frame = channel.receive(request.deadline().later(Protocol.FRAME_TIMEOUT));
            if (frame.type() != FrameType.EXECUTED) {
                throw new ProtocolException(
                        Refusal.MALFORMED, frame.type() + " came instead of EXECUTED");
            }
            return outcome(path, frame);
        } catch (IOException e) {
            throw new CniException(
                    CniException.IO_FAILURE,
                    "failed to execute plugin "
                            + path
                            + ": the front binary that should run it is gone: "
                            + e.getMessage(),
                    e);
        }
    }

    private static ExecOutcome outcome(String path, Frame frame)
            throws ProtocolException, CniException {
        Answer answer = Answer.decode(frame);
        int errno = frame.has(Tag.ERRNO) ? frame.number(Tag.ERRNO) : 0;
        if (errno == Errno.ETIMEDOUT.number()) {
            throw new CniException(
                    CniException.TRY_AGAIN_LATER,
                    "netplugin failed: " + path + " did not finish in time and was killed");
        }
        if (errno != 0) {
            throw new CniException(
                    CniException.IO_FAILURE,
                    "failed to execute plugin " + path + ": " + Errno.text(errno));
        }
        return new ExecOutcome(answer.exitStatus(), answer.stdout(), answer.stderr());
    }
}
