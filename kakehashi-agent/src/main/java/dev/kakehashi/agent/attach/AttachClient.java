package dev.kakehashi.agent.attach;

import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.UnixSocket;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** What an agent says to another one at its socket. */
public final class AttachClient {
    private AttachClient() {}

    /** Whether somebody listens at a socket. */
    public static boolean isServed(Path socket) {
        try (UnixSocket connection = UnixSocket.connect(socket)) {
            return connection.peer().pid() >= 0;
        } catch (LinuxException e) {
            return false;
        }
    }

    /**
     * Asks the agent at a socket something about itself.
     *
     * @param question one word, see {@link AgentQuestions}
     * @return the answer, as JSON
     * @throws IOException when none answers, or one that does not know the question, saying so
     */
    public static String ask(Path socket, String question) throws IOException {
        try (FrameChannel channel = new FrameChannel(UnixSocket.connect(socket))) {
            channel.send(
                    new FrameWriter(Protocol.VERSION, FrameType.ASK)
                            .put(Tag.TEXT, question)
                            .finish());
            Frame answer = channel.receive(Deadline.in(Protocol.FRAME_TIMEOUT));
            return switch (answer.type()) {
                case TOLD -> new String(answer.bytes(Tag.DOCUMENT), StandardCharsets.UTF_8);
                case REFUSED ->
                        throw new IOException(
                                "the agent at " + socket + " refuses: " + answer.text(Tag.TEXT));
                default ->
                        throw new IOException(
                                "the agent at " + socket + " answered with " + answer.type());
            };
        }
    }

    /** What an agent says to one that wants its place. */
    public enum LeaveAnswer {
        /** It leaves as soon as its requests are answered. */
        LEAVES,
        /** It was not started on demand. */
        STAYS,
        /** Nobody answers: it does not serve yet, or no longer. */
        SILENT
    }

    /** Asks the agent at a socket to make room. */
    public static LeaveAnswer askToLeave(Path socket) {
        try (FrameChannel channel = new FrameChannel(UnixSocket.connect(socket))) {
            channel.send(new FrameWriter(Protocol.VERSION, FrameType.LEAVE).finish());
            FrameType answer = channel.receive(Deadline.in(Protocol.FRAME_TIMEOUT)).type();
            return answer == FrameType.FINISH ? LeaveAnswer.LEAVES : LeaveAnswer.STAYS;
        } catch (IOException e) {
            return LeaveAnswer.SILENT;
        }
    }
}
