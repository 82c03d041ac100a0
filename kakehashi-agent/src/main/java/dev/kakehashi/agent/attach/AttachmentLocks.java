package dev.kakehashi.agent.attach;

import org.jspecify.annotations.Nullable;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Who may work on which container: calls for one container come one after the other, and GC while
 * there is no other (CNI SPEC section 2, "Container runtimes must not invoke parallel operations
 * for the same container"; section 4, GC).
 *
 * <p>One file carries the locks, so that they also hold between the agent and one-shot runs: a
 * container is the byte at its hash, GC is all bytes (fcntl(2), record locks). The kernel drops
 * them when the process dies, which is how recovery knows whether somebody still works on an
 * attachment. Record locks are per process, so the same rules are kept inside this one first.
 */
final class AttachmentLocks implements Closeable {
    private static final long FIRST_PAUSE_NANOS = 200_000;
    private static final long LONGEST_PAUSE_NANOS = 10_000_000;

    private final FileChannel file;
    private final ReentrantReadWriteLock everything = new ReentrantReadWriteLock(true);
    private final ConcurrentHashMap<Long, Turn> turns = new ConcurrentHashMap<>();

    private AttachmentLocks(FileChannel file) {
        this.file = file;
    }

    /** Opens the lock file, made if it is missing. Once per process and file: see fcntl(2). */
    static AttachmentLocks open(Path path) throws IOException {
        return new AttachmentLocks(
                FileChannel.open(
                        path,
                        Set.of(
                                StandardOpenOption.CREATE,
                                StandardOpenOption.READ,
                                StandardOpenOption.WRITE),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------"))));
    }

    /** A lock that is held; released by the thread that took it. */
    interface Held extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Waits for the turn of a container.
     *
     * @throws BusyException when it has not come by the deadline
     */
    Held container(String containerId, Deadline deadline) throws IOException, BusyException {
        Held held = lock(position(containerId), deadline);
        if (held == null) {
            throw new BusyException(
                    "another call for container \"" + containerId + "\" is still running");
        }
        return held;
    }

    /**
     * Waits until no container's turn is taken.
     *
     * @throws BusyException when that was not so by the deadline
     */
    Held all(Deadline deadline) throws IOException, BusyException {
        ReentrantReadWriteLock.WriteLock exclusive = everything.writeLock();
        if (acquire(exclusive, deadline)) {
            FileLock record = lockRecord(0, Long.MAX_VALUE, deadline);
            if (record != null) {
                return () -> {
                    release(record);
                    exclusive.unlock();
                };
            }
            exclusive.unlock();
        }
        throw new BusyException("calls for other containers are still running");
    }

    private @Nullable Held lock(long position, Deadline deadline) throws IOException {
        ReentrantReadWriteLock.ReadLock shared = everything.readLock();
        if (!acquire(shared, deadline)) {
            return null;
        }
        Turn turn =
                turns.compute(position, (at, old) -> old == null ? new Turn() : old.wantedOnce());
        FileLock record = null;
        try {
            if (acquire(turn.lock, deadline)) {
                try {
                    record = lockRecord(position, 1, deadline);
                } finally {
                    if (record == null) {
                        turn.lock.unlock();
                    }
                }
            }
        } finally {
            if (record == null) {
                leave(position);
                shared.unlock();
            }
        }
        if (record == null) {
            return null;
        }
        FileLock taken = record;
        return () -> {
            release(taken);
            turn.lock.unlock();
            leave(position);
            shared.unlock();
        };
    }

    private void leave(long position) {
        turns.computeIfPresent(position, (at, turn) -> --turn.wanting == 0 ? null : turn);
    }

    private static boolean acquire(Lock lock, Deadline deadline) {
        try {
            return lock.tryLock() || lock.tryLock(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /**
     * Asks again and again rather than waiting in the kernel, where the deadline would not count.
     */
    private @Nullable FileLock lockRecord(long position, long size, Deadline deadline)
            throws IOException {
        long pause = FIRST_PAUSE_NANOS;
        while (true) {
            FileLock record = file.tryLock(position, size, false);
            if (record != null || deadline.isOver()) {
                return record;
            }
            LockSupport.parkNanos(Math.min(pause, deadline.remainingNanos()));
            pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS);
        }
    }

    private static void release(FileLock record) {
        try {
            record.release();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot release a record lock", e);
        }
    }

    /** FNV-1a, 62 bits of it: containers that share a position wait for each other, no more. */
    private static long position(String containerId) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < containerId.length(); i++) {
            hash = (hash ^ containerId.charAt(i)) * 0x100000001b3L;
        }
        return hash >>> 2;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    /** The queue of one position in this process; gone when nobody wants it. */
    private static final class Turn {
        private final ReentrantLock lock = new ReentrantLock(true);
        private int wanting = 1;

        Turn wantedOnce() {
            wanting++;
            return this;
        }
    }
}
