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

    /**
     * Asks the agent at a socket to make room.
     *
     * @return whether it will
     */
    public static boolean askToLeave(Path socket) {
        try (FrameChannel channel = new FrameChannel(UnixSocket.connect(socket))) {
            channel.send(new FrameWriter(Protocol.VERSION, FrameType.LEAVE).finish());
            return channel.receive(Deadline.in(Protocol.FRAME_TIMEOUT)).type() == FrameType.FINISH;
        } catch (IOException e) {
            return false; // it is gone already, or about to be
        }
    }
}
