package dev.kakehashi.agent.attach;

import dev.kakehashi.linux.Errno;
import dev.kakehashi.linux.Fd;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.UnixSocket;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Frames over one connection. */
final class FrameChannel implements AutoCloseable {
    /** One read takes an ordinary REQUEST, environment and configuration, as a whole. */
    private static final int FIRST_READ = 16 * 1024;

    /** Many times what it takes to write an answer and to end. */
    private static final Duration PASSING_ON = Duration.ofMillis(2);

    private static final byte[] NO_BYTES = {};
    private static final Spares<byte[]> BUFFERS = new Spares<>(() -> new byte[FIRST_READ]);

    private final UnixSocket connection;
    private final List<Fd> descriptors = new ArrayList<>();
    private byte[] bytes = BUFFERS.take();
    private int length;

    FrameChannel(UnixSocket connection) {
        this.connection = connection;
    }

    /**
     * Waits for a frame.
     *
     * @param deadline by which its first byte must be there; the rest must follow within {@link
     *     Protocol#FRAME_TIMEOUT}
     * @throws ProtocolException when the bytes are no frame
     * @throws IOException with an errno of EAGAIN at the deadline, ECONNRESET when the peer closed
     */
    Frame receive(Deadline deadline) throws IOException {
        fill(1, deadline);
        Deadline whole = Deadline.in(Protocol.FRAME_TIMEOUT);
        fill(Protocol.HEADER_SIZE, whole);
        Frame.Header header = Frame.header(bytes);
        int size = Protocol.HEADER_SIZE + header.length();
        if (bytes.length < size) {
            bytes = Arrays.copyOf(bytes, size);
        }
        fill(size, whole);
        Frame frame = Frame.decode(header, Arrays.copyOfRange(bytes, Protocol.HEADER_SIZE, size));
        System.arraycopy(bytes, size, bytes, 0, length - size);
        length -= size;
        return frame;
    }

    private void fill(int wanted, Deadline deadline) throws IOException {
        while (length < wanted) {
            connection.timeout(Duration.ofMillis(Math.max(1, deadline.remainingMillis())));
            int received = connection.receive(bytes, length, bytes.length - length, descriptors);
            if (descriptors.size() > Protocol.DESCRIPTOR_LIMIT) {
                throw new ProtocolException(Refusal.TOO_LARGE, "too many descriptors");
            }
            if (received == 0) {
                throw new LinuxException(Errno.ECONNRESET.number(), "receive", "the peer closed");
            }
            length += received;
        }
    }

    /** The descriptors that have come so far; the caller closes them. */
    List<Fd> takeDescriptors() {
        List<Fd> taken = List.copyOf(descriptors);
        descriptors.clear();
        return taken;
    }

    void send(byte[] frame) throws IOException {
        connection.send(frame, List.of());
    }

    /**
     * Sleeps until the peer has closed, which it does when it has passed the last frame on, but not
     * for long. Woken by the frame, it is put where this thread runs and would wait for it.
     *
     * @return whether it has
     */
    boolean letPeerEnd() {
        try {
            return connection.awaitReadable(PASSING_ON);
        } catch (LinuxException e) {
            return false; // then it waits for this thread
        }
    }

    @Override
    public void close() {
        descriptors.forEach(Fd::close);
        descriptors.clear();
        connection.close();
        if (bytes.length == FIRST_READ) {
            BUFFERS.giveBack(bytes);
        }
        bytes = NO_BYTES;
    }
}
