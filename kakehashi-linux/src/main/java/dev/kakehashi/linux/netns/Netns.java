package dev.kakehashi.linux.netns;

import dev.kakehashi.linux.Errno;
import dev.kakehashi.linux.Fcntl;
import dev.kakehashi.linux.Fd;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.Sched;
import dev.kakehashi.linux.SysIoctl;
import dev.kakehashi.linux.SysMount;
import dev.kakehashi.linux.SysStat;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A network namespace, held by an open descriptor (network_namespaces(7)).
 *
 * <p>As long as the handle is open the namespace lives, even when its last process and its last
 * name are gone: keep one only while working in it.
 */
public final class Netns implements AutoCloseable {
    private static final int NS_GET_NSTYPE = 0xb703; // linux/nsfs.h

    private final Fd fd;
    private @Nullable NetnsId id;

    private Netns(Fd fd) {
        this.fd = fd;
    }

    /** The namespace that the calling thread is in. */
    public static Netns current() throws LinuxException {
        // Not /proc/self: that is the main thread.
        return new Netns(Fcntl.open(NetnsThread.SELF_NET, Fcntl.O_RDONLY, 0));
    }

    /**
     * Opens a namespace by a name in the file system: {@code /run/netns/NAME}, {@code
     * /proc/PID/ns/net}.
     *
     * @throws LinuxException as {@code open(2)}, or with EINVAL when the file is not a network
     *     namespace
     */
    public static Netns open(Path path) throws LinuxException {
        return of(Fcntl.open(path, Fcntl.O_RDONLY, 0), path.toString());
    }

    /**
     * Takes ownership of an open descriptor of a namespace.
     *
     * @throws LinuxException with EINVAL when it is not a network namespace; the descriptor is
     *     closed then
     */
    public static Netns of(Fd fd) throws LinuxException {
        return of(fd, fd.toString());
    }

    private static Netns of(Fd fd, String what) throws LinuxException {
        try {
            if (SysIoctl.ioctl(fd, NS_GET_NSTYPE, 0, "NS_GET_NSTYPE") == Sched.CLONE_NEWNET) {
                return new Netns(fd);
            }
        } catch (LinuxException e) {
            fd.close();
            if (!e.is(Errno.ENOTTY)) {
                throw e;
            }
        }
        fd.close();
        throw new LinuxException(
                Errno.EINVAL.number(),
                "open network namespace",
                what + " is not a network namespace");
    }

    /**
     * Makes a namespace without a name; it lives as long as the handle. Equivalent to: {@code
     * unshare -n}.
     */
    public static Netns create() throws LinuxException {
        Fd fd = NetnsThreads.<Fd, LinuxException>run(NetnsThread::create);
        return new Netns(fd);
    }

    /**
     * Makes threads on which {@link #call} switches in place, in microseconds, instead of handing
     * the task to a thread of a pool: for servers that do much of it.
     */
    public static ThreadFactory threadFactory(String prefix) {
        AtomicInteger count = new AtomicInteger();
        return work -> new NetnsThread(work, prefix + count.incrementAndGet());
    }

    /**
     * Runs a task on an owned platform thread inside this namespace and waits for it. Sockets that
     * the task opens stay in the namespace wherever they are used; child processes that it starts
     * inherit it. The calling thread's own namespace does not change.
     */
    public <T extends @Nullable Object, X extends Exception> T call(NetnsTask<T, X> task)
            throws X, LinuxException {
        return NetnsThreads.<T, X>run(thread -> thread.callIn(fd, id, task));
    }

    /** As {@link #call} for a task without a result. */
    public <X extends Exception> void run(NetnsAction<X> action) throws X, LinuxException {
        this.<@Nullable Void, X>call(() -> {
            action.run();
            return null;
        });
    }

    /**
     * Gives the namespace a name in the file system, which keeps it alive. Equivalent to: {@code ip
     * netns attach}.
     *
     * @throws IOException when the file exists already or cannot be mounted on; nothing is left
     *     then
     */
    public void pin(Path path) throws IOException {
        Path parent = path.toAbsolutePath().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        Fcntl.open(path, Fcntl.O_RDONLY | Fcntl.O_CREAT | Fcntl.O_EXCL, 0444).close();
        try {
            SysMount.mount(
                    "/proc/thread-self/fd/" + fd.number(),
                    path.toString(),
                    "none",
                    SysMount.MS_BIND);
        } catch (LinuxException e) {
            Files.deleteIfExists(path);
            throw e;
        }
    }

    /**
     * Takes the name away; the namespace ends when nothing else holds it. A file that is left
     * without a mount is removed too. Equivalent to: {@code ip netns delete}.
     */
    public static void unpin(Path path) throws IOException {
        try {
            SysMount.umount2(path.toString(), SysMount.MNT_DETACH);
        } catch (LinuxException e) {
            if (!e.is(Errno.EINVAL)) { // EINVAL: nothing is mounted there
                throw e;
            }
        }
        Files.deleteIfExists(path);
    }

    /** What identifies the namespace among those alive. */
    public NetnsId id() throws LinuxException {
        NetnsId known = id;
        if (known == null) {
            known = id(fd);
            id = known;
        }
        return known;
    }

    static NetnsId id(Fd fd) throws LinuxException {
        SysStat.Status status = SysStat.fstat(fd);
        return new NetnsId(status.device(), status.inode());
    }

    /** The identity of the namespace at a path, without opening it. */
    public static NetnsId id(Path path) throws LinuxException {
        SysStat.Status status = SysStat.stat(path.toString());
        return new NetnsId(status.device(), status.inode());
    }

    /** The descriptor, for messages that name a namespace by it; it stays owned by this handle. */
    public Fd fd() {
        return fd;
    }

    @Override
    public void close() {
        fd.close();
    }

    @Override
    public String toString() {
        return "network namespace at " + fd;
    }
}
