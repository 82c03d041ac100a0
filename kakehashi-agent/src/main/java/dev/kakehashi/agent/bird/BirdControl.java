package dev.kakehashi.agent.bird;

import dev.kakehashi.linux.UnixSocket;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A conversation with BIRD over its control socket: what birdc does. Each command is a line, each
 * reply lines with codes ({@link BirdReply}).
 */
public final class BirdControl implements AutoCloseable {
    /** BIRD answers at once, but while it reads a large configuration. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** No table of sessions is larger. */
    private static final int MAX_REPLY = 64 << 20;

    private static final int CHUNK = 65536;

    private final UnixSocket socket;

    private BirdControl(UnixSocket socket) {
        this.socket = socket;
    }

    /**
     * Connects.
     *
     * @param path of the socket
     * @throws IOException when no BIRD listens there
     */
    public static BirdControl connect(Path path) throws IOException {
        UnixSocket socket = UnixSocket.connect(path);
        BirdControl control = new BirdControl(socket);
        try {
            socket.timeout(PATIENCE);
            var _ = control.reply("its greeting");
            return control;
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /**
     * Every BGP session. Equivalent to: {@code birdc show protocols all}.
     *
     * @throws IOException when BIRD does not answer
     */
    public List<BgpSession> sessions() throws IOException {
        return BgpSession.of(command("show protocols all"));
    }

    /**
     * Makes BIRD read its configuration; sessions that it does not change go on. Equivalent to:
     * {@code birdc configure}.
     *
     * @throws IOException when BIRD does not accept it, and keeps the one before
     */
    void configure() throws IOException {
        var _ = command("configure");
    }

    /**
     * Makes BIRD look at the kernel's routes now, and put those right that are not as it wants
     * them. It would when its scan time is over: a kernel protocol that learns has nothing to read
     * again, and scans instead (krt_reload_routes, sysdep/unix/krt.c of BIRD 2). Equivalent to:
     * {@code birdc reload in $protocol}.
     *
     * @throws IOException when BIRD does not answer, or has no such protocol
     */
    void scan(String protocol) throws IOException {
        var _ = command("reload in " + protocol);
    }

    /** Ends BIRD; routes stay in the kernel. Equivalent to: {@code birdc down}. */
    public void down() throws IOException {
        var _ = command("down");
    }

    private BirdReply command(String command) throws IOException {
        socket.send((command + "\n").getBytes(StandardCharsets.US_ASCII), List.of());
        BirdReply reply = reply(command);
        String error = reply.error();
        if (!error.isEmpty()) {
            throw new IOException("BIRD refuses '" + command + "': " + error);
        }
        return reply;
    }

    private BirdReply reply(String to) throws IOException {
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        byte[] chunk = new byte[CHUNK];
        while (received.size() < MAX_REPLY) {
            int count = socket.receive(chunk, 0, chunk.length, new ArrayList<>());
            if (count <= 0) {
                throw new IOException("BIRD ended while it was asked for " + to);
            }
            received.write(chunk, 0, count);
            if (chunk[count - 1] == '\n') {
                String text = received.toString(StandardCharsets.UTF_8);
                if (BirdReply.isWhole(text)) {
                    return BirdReply.parse(text);
                }
            }
        }
        throw new IOException("BIRD says more than " + MAX_REPLY + " octets to " + to);
    }

    @Override
    public void close() {
        socket.close();
    }
}
