package dev.kakehashi.linux.unix;

import dev.kakehashi.linux.Errno;
import dev.kakehashi.linux.Fd;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.SysSocket;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

/** A listening Unix stream socket at a path that only its owner may connect to. */
public final class UnixListener implements AutoCloseable {
    private final Fd fd;
    private final Path path;
    private final boolean bound;
    private final ReentrantLock waiting = new ReentrantLock();
    private final AtomicBoolean closing = new AtomicBoolean();

    private UnixListener(Fd fd, Path path, boolean bound) {
        this.fd = fd;
        this.path = path;
        this.bound = bound;
    }

    /**
     * Listens at {@code path}, readable and writable by the owner alone. A socket file that an
     * earlier process left behind is replaced; the caller's lock must make sure that nobody listens
     * there any more.
     *
     * @param backlog how many connections may wait to be accepted
     * @throws IOException when the path is something other than a socket, too long, or cannot be
     *     made
     */
    public static UnixListener listen(Path path, int backlog) throws IOException {
        removeOldSocket(path);
        Fd fd = SysSocket.socket(SysSocket.AF_UNIX, SysSocket.SOCK_STREAM, 0);
        try (Arena arena = Arena.ofConfined()) {
            SysSocket.bind(fd, UnixAddress.of(path, arena));
            // Between bind and listen nobody can connect, so the permissions come in time.
            Files.setPosixFilePermissions(
                    path, Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE));
            SysSocket.listen(fd, backlog);
            return new UnixListener(fd, path, true);
        } catch (IOException e) {
            fd.close();
            throw e;
        }
    }

    /** Takes over a socket that listens already, as service managers pass it (sd_listen_fds(3)). */
    public static UnixListener of(Fd listening, Path path) {
        return new UnixListener(listening, path, false);
    }

    private static void removeOldSocket(Path path) throws IOException {
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            Object mode = Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
            if (((Integer) mode & 0170000) != 0140000) { // S_IFMT, S_IFSOCK
                throw new IOException(path + " exists and is not a socket; not replacing it");
            }
            Files.delete(path);
        }
    }

    /**
     * Waits for a connection.
     *
     * @return empty once {@link #close} was called
     */
    public Optional<UnixConnection> accept() throws LinuxException {
        waiting.lock();
        try {
            while (!closing.get()) {
                try {
                    return Optional.of(new UnixConnection(SysSocket.accept(fd)));
                } catch (LinuxException e) {
                    // ECONNABORTED: the peer went away while it waited.
                    if (!closing.get() && !e.is(Errno.ECONNABORTED)) {
                        throw e;
                    }
                }
            }
            return Optional.empty();
        } finally {
            waiting.unlock();
        }
    }

    /** The path it listens at. */
    public Path path() {
        return path;
    }

    /**
     * Stops listening and, if this object made it, removes the path. Threads in {@link #accept}
     * return.
     */
    @Override
    public void close() throws IOException {
        if (closing.compareAndSet(false, true)) {
            if (bound) {
                Files.deleteIfExists(path);
            }
            SysSocket.shutdown(fd);
            // The number must not be used again while a thread is about to wait on it.
            waiting.lock();
            try {
                fd.close();
            } finally {
                waiting.unlock();
            }
        }
    }

    @Override
    public String toString() {
        return "socket " + path;
    }
}
