package dev.kakehashi.linux.unix;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.kakehashi.linux.Errno;
import dev.kakehashi.linux.Fd;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.SysSocket;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A connected Unix stream socket. One thread reads and one writes at a time; calls block a native
 * thread, so they are not for virtual threads.
 */
public final class UnixConnection implements AutoCloseable {
    private final Fd fd;

    UnixConnection(Fd fd) {
        this.fd = fd;
    }

    /** Connects to the socket at a path. */
    public static UnixConnection connect(Path path) throws LinuxException {
        Fd fd = SysSocket.socket(SysSocket.AF_UNIX, SysSocket.SOCK_STREAM, 0);
        try (Arena arena = Arena.ofConfined()) {
            SysSocket.connect(fd, UnixAddress.of(path, arena), path.toString());
            return new UnixConnection(fd);
        } catch (LinuxException e) {
            fd.close();
            throw e;
        }
    }

    /** The process at the other end when it connected. */
    public PeerCredentials peer() throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment ucred = arena.allocate(12, 4);
            SysSocket.getsockopt(fd, SysSocket.SOL_SOCKET, SysSocket.SO_PEERCRED, ucred);
            return new PeerCredentials(
                    ucred.get(JAVA_INT, 0), ucred.get(JAVA_INT, 4), ucred.get(JAVA_INT, 8));
        }
    }

    /** How long one read or write may wait before it fails with EAGAIN; zero: without end. */
    public void timeout(Duration timeout) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment timeval = arena.allocate(16, 8);
            timeval.set(JAVA_LONG, 0, timeout.getSeconds());
            timeval.set(JAVA_LONG, 8, timeout.getNano() / 1000);
            SysSocket.setsockopt(fd, SysSocket.SOL_SOCKET, SysSocket.SO_RCVTIMEO, timeval);
            SysSocket.setsockopt(fd, SysSocket.SOL_SOCKET, SysSocket.SO_SNDTIMEO, timeval);
        }
    }

    /**
     * What one read brought.
     *
     * @param length the number of bytes, 0 at the end of the stream
     * @param descriptors descriptors that came with them, with {@code O_CLOEXEC}; the receiver
     *     closes them
     */
    public record Received(int length, List<Fd> descriptors) {
        /** Whether the peer has closed. */
        public boolean atEnd() {
            return length == 0;
        }
    }

    /**
     * Waits for bytes and takes at most as many as fit.
     *
     * @throws IOException with EAGAIN after the timeout; also when more descriptors came than
     *     {@code maxDescriptors} (those that came are closed)
     */
    public Received receive(byte[] into, int offset, int length, int maxDescriptors)
            throws IOException {
        if (length == 0) {
            throw new IllegalArgumentException("no room to receive into");
        }
        try (Arena arena = Arena.ofConfined()) {
            SocketMessage message = new SocketMessage(arena, length, maxDescriptors);
            int n = SysSocket.recvmsg(fd, message.header(), SysSocket.MSG_CMSG_CLOEXEC);
            List<Fd> descriptors = message.takeDescriptors();
            if (message.truncated()) {
                descriptors.forEach(Fd::close);
                throw new IOException(
                        "the peer sent more than " + maxDescriptors + " descriptors at once");
            }
            MemorySegment.copy(message.data(), JAVA_BYTE, 0, into, offset, n);
            return new Received(n, descriptors);
        }
    }

    /**
     * Sends all bytes; the descriptors go with the first of them and stay open here.
     *
     * @throws LinuxException EPIPE when the peer has closed, EAGAIN after the timeout
     */
    public void send(byte[] from, int offset, int length, List<Fd> descriptors)
            throws LinuxException {
        if (length == 0) {
            throw new IllegalArgumentException("descriptors need at least one byte to go with");
        }
        int sent = 0;
        List<Fd> pending = descriptors;
        while (sent < length) {
            try (Arena arena = Arena.ofConfined()) {
                SocketMessage message = new SocketMessage(arena, length - sent, pending.size());
                MemorySegment.copy(
                        from, offset + sent, message.data(), JAVA_BYTE, 0, length - sent);
                message.putDescriptors(pending);
                sent += SysSocket.sendmsg(fd, message.header(), 0);
                pending = List.of();
            }
        }
    }

    /**
     * Ends the connection in both directions and wakes a thread that waits on it; {@link #close} is
     * still needed.
     */
    public void shutdown() throws LinuxException {
        try {
            SysSocket.shutdown(fd);
        } catch (LinuxException e) {
            if (!e.is(Errno.ENOTCONN)) {
                throw e;
            }
        }
    }

    @Override
    public void close() {
        fd.close();
    }

    @Override
    public String toString() {
        return "connection at " + fd;
    }
}
