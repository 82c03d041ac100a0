package dev.kakehashi.linux;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A stream socket of the Unix domain that can carry descriptors (unix(7)), which the sockets of the
 * JDK cannot. One thread at a time may receive and one may send.
 */
public final class UnixSocket implements AutoCloseable {
    private static final int PATH_LIMIT = 107; // sun_path less its zero byte

    private static final long CHMOD = CLibrary.function("chmod");

    private final Fd fd;

    private UnixSocket(Fd fd) {
        this.fd = fd;
    }

    /** Who connected, as the kernel vouches for it. */
    public record Credentials(int pid, int uid, int gid) {}

    /**
     * Listens at a path that does not exist yet; only its owner may connect (mode 0600). The path
     * stays when the socket is closed.
     *
     * @param backlog how many connections may wait to be accepted
     * @throws LinuxException with EADDRINUSE when the path exists
     */
    public static UnixSocket listen(Path path, int backlog) throws LinuxException {
        Fd fd = SysSocket.socket(SysSocket.AF_UNIX, SysSocket.SOCK_STREAM, 0);
        try (Memory memory = Memory.open()) {
            SysSocket.bind(fd, address(memory, path));
            // Nobody can connect before listen(2), so there is no moment with other permissions.
            check(CLibrary.call(CHMOD, memory.string(path.toString()), 0600), "chmod", path);
            SysSocket.listen(fd, backlog);
            return new UnixSocket(fd);
        } catch (LinuxException | RuntimeException e) {
            fd.close();
            throw e;
        }
    }

    /**
     * Takes over a listening socket that this process was started with; it stays open as long as
     * the process.
     *
     * @param number of its descriptor
     * @throws LinuxException ENOTSOCK or EINVAL when it is none
     */
    public static UnixSocket inherited(int number) throws LinuxException {
        Fd fd = Fd.ownForever(number);
        try (Memory memory = Memory.open()) {
            Struct listening = memory.struct(Integer.BYTES);
            SysSocket.getsockopt(fd, SysSocket.SOL_SOCKET, SysSocket.SO_ACCEPTCONN, listening);
            if (listening.getInt(0) == 0) {
                throw new LinuxException(
                        Errno.EINVAL.number(),
                        "take over socket",
                        "descriptor " + number + " takes no connections");
            }
            return new UnixSocket(fd);
        }
    }

    /** Connects to a listening socket. */
    public static UnixSocket connect(Path path) throws LinuxException {
        Fd fd = SysSocket.socket(SysSocket.AF_UNIX, SysSocket.SOCK_STREAM, 0);
        try (Memory memory = Memory.open()) {
            SysSocket.connect(fd, address(memory, path), path.toString());
            return new UnixSocket(fd);
        } catch (LinuxException | RuntimeException e) {
            fd.close();
            throw e;
        }
    }

    private static Struct address(Memory memory, Path path) throws LinuxException {
        byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
        if (name.length > PATH_LIMIT) {
            throw new LinuxException(
                    Errno.ENAMETOOLONG.number(),
                    "socket address",
                    path + " has more than " + PATH_LIMIT + " bytes");
        }
        Struct address = memory.struct(3 + PATH_LIMIT);
        address.putShort(0, (short) SysSocket.AF_UNIX);
        return address.putBytes(2, name);
    }

    private static void check(long result, String call, Object what) throws LinuxException {
        if ((int) result < 0) {
            throw new LinuxException(CLibrary.errno(), call, what.toString());
        }
    }

    /**
     * Waits for the next connection.
     *
     * @throws LinuxException with EINVAL after {@link #shutdown}; with EAGAIN when a timeout is set
     *     and is over
     */
    public UnixSocket accept() throws LinuxException {
        return new UnixSocket(SysSocket.accept(fd));
    }

    /** Who is on the other side: {@code SO_PEERCRED}, as of the time it connected. */
    public Credentials peer() throws LinuxException {
        try (Memory memory = Memory.open()) {
            Struct ucred = memory.struct(12); // struct ucred: pid, uid, gid
            SysSocket.getsockopt(fd, SysSocket.SOL_SOCKET, SysSocket.SO_PEERCRED, ucred);
            return new Credentials(ucred.getInt(0), ucred.getInt(4), ucred.getInt(8));
        }
    }

    /**
     * Limits how long accept, receive and send wait; they fail with EAGAIN then.
     *
     * @param timeout longer than zero; zero is for ever
     */
    public void timeout(Duration timeout) throws LinuxException {
        try (Memory memory = Memory.open()) {
            Struct timeval = memory.struct(16); // struct timeval: seconds, microseconds
            timeval.putLong(0, timeout.getSeconds());
            timeval.putLong(8, timeout.getNano() / 1000);
            SysSocket.setsockopt(fd, SysSocket.SOL_SOCKET, SysSocket.SO_RCVTIMEO, timeval);
            SysSocket.setsockopt(fd, SysSocket.SOL_SOCKET, SysSocket.SO_SNDTIMEO, timeval);
        }
    }

    /**
     * Receives at least one byte and at most {@code length}, and the descriptors that come with
     * them.
     *
     * @param descriptors gets the descriptors, which the caller then owns and closes
     * @return the number of bytes; 0 when the other side has closed
     * @throws LinuxException with EAGAIN when the timeout is over
     */
    public int receive(byte[] into, int offset, int length, List<Fd> descriptors)
            throws LinuxException {
        return UnixMessage.ofThread().receive(fd, into, offset, length, descriptors);
    }

    /**
     * Waits until something can be received, or the other side has closed, but not longer than a
     * while.
     *
     * @param limit to the millisecond
     * @return whether it is so
     */
    public boolean awaitReadable(Duration limit) throws LinuxException {
        return Poll.within(fd, limit);
    }

    /**
     * Sends all bytes, and descriptors with the first of them; the descriptors stay owned by the
     * caller.
     *
     * @throws LinuxException with EPIPE when the other side has closed; with EAGAIN when the
     *     timeout is over
     */
    public void send(byte[] bytes, List<Fd> descriptors) throws LinuxException {
        UnixMessage.ofThread().send(fd, bytes, descriptors);
    }

    /**
     * Ends both directions. Threads that wait in this socket return: accept with EINVAL, receive
     * with 0.
     */
    public void shutdown() throws LinuxException {
        SysSocket.shutdown(fd);
    }

    @Override
    public void close() {
        fd.close();
    }

    @Override
    public String toString() {
        return "Unix socket at " + fd;
    }
}
