package dev.kakehashi.agent.attach;

import dev.kakehashi.cni.CniAttachment;

import org.jspecify.annotations.Nullable;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Who may work on which container: calls for one container come one after the other (CNI SPEC
 * section 2, "Container runtimes must not invoke parallel operations for the same container").
 *
 * <p>GC runs while no call begins or ends, and beside those of this process that have begun: they
 * may take long, as an ADD does that waits for a DHCP server, and GC spares what they work on. The
 * calls of other processes it waits for.
 *
 * <p>One file carries the locks, so that they also hold between the agent and one-shot runs: a
 * container is the byte at its hash, GC is all bytes that this process has not locked (fcntl(2),
 * record locks). The kernel drops them when the process dies, which is how recovery knows whether
 * somebody still works on an attachment. Record locks are per process, so the same rules are kept
 * inside this one first.
 */
final class AttachmentLocks implements Closeable {
    private static final long FIRST_PAUSE_NANOS = 200_000;
    private static final long LONGEST_PAUSE_NANOS = 10_000_000;

    private final FileChannel file;

    /** Shared by calls that begin or end: only they change which records this process has. */
    private final ReentrantReadWriteLock gate = new ReentrantReadWriteLock(true);

    private final ConcurrentHashMap<Long, Queue> queues = new ConcurrentHashMap<>();

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
     * Waits for the turn of a container, and for GC to end.
     *
     * @throws BusyException when it has not come by the deadline
     */
    Turn container(String containerId, Deadline deadline) throws IOException, BusyException {
        long position = position(containerId);
        Queue queue =
                queues.compute(position, (at, old) -> old == null ? new Queue() : old.wantedOnce());
        Optional<Turn> turn = Optional.empty();
        try {
            turn = turn(position, queue, deadline);
        } finally {
            if (turn.isEmpty()) {
                leave(position);
            }
        }
        return turn.orElseThrow(() ->
                new BusyException(
                        "another call for container \"" + containerId + "\" is still running"));
    }

    private Optional<Turn> turn(long position, Queue queue, Deadline deadline) throws IOException {
        if (!acquire(queue.lock, deadline)) {
            return Optional.empty();
        }
        FileLock record = null;
        try {
            if (acquire(gate.readLock(), deadline)) {
                try {
                    record = lockRecord(position, 1, deadline);
                } finally {
                    if (record == null) {
                        gate.readLock().unlock();
                    }
                }
            }
        } finally {
            if (record == null) {
                queue.lock.unlock();
            }
        }
        return record == null ? Optional.empty() : Optional.of(new Turn(position, queue, record));
    }

    /** The turn of a container. */
    final class Turn implements Held {
        private final long position;
        private final Queue queue;
        private final FileLock record;
        private boolean begun;

        private Turn(long position, Queue queue, FileLock record) {
            this.position = position;
            this.queue = queue;
            this.record = record;
            queue.taken = true;
        }

        /** From now on GC does not wait for this turn to end, but spares the attachment. */
        void begun(CniAttachment attachment) {
            queue.begun = Optional.of(attachment);
            begun = true;
            gate.readLock().unlock();
        }

        /**
         * From now on GC waits for this turn again. Called before whoever asked gets an answer: a
         * GC that he asks for next knows whether the attachment is alive.
         */
        void ending() {
            if (begun) {
                gate.readLock().lock();
                queue.begun = Optional.empty();
                begun = false;
            }
        }

        @Override
        public void close() {
            ending();
            try {
                queue.taken = false;
                release(record);
            } finally {
                queue.lock.unlock();
                leave(position);
                gate.readLock().unlock();
            }
        }
    }

    /** What calls of this process work on that have begun. */
    List<CniAttachment> begun() {
        List<CniAttachment> all = new ArrayList<>();
        for (Queue queue : queues.values()) {
            queue.begun.ifPresent(all::add);
        }
        return all;
    }

    /**
     * Waits until no call begins or ends and none of another process runs, and keeps it so.
     *
     * @throws BusyException when that was not so by the deadline
     */
    Held quiet(Deadline deadline) throws IOException, BusyException {
        if (acquire(gate.writeLock(), deadline)) {
            Deque<FileLock> records = new ArrayDeque<>();
            boolean all = false;
            try {
                all = lockOthers(records, deadline);
            } finally {
                if (!all) {
                    reopen(records);
                }
            }
            if (all) {
                return () -> reopen(records);
            }
        }
        throw new BusyException("calls for other containers are still running");
    }

    private void reopen(Deque<FileLock> records) {
        try {
            records.forEach(AttachmentLocks::release);
        } finally {
            gate.writeLock().unlock();
        }
    }

    /** Locks what lies between the records of this process: a channel locks no byte twice. */
    private boolean lockOthers(Deque<FileLock> records, Deadline deadline) throws IOException {
        long from = 0;
        for (long position : taken()) {
            if (position > from && !lockTo(position, from, records, deadline)) {
                return false;
            }
            from = position + 1;
        }
        return lockTo(Long.MAX_VALUE, from, records, deadline);
    }

    private boolean lockTo(long end, long from, Deque<FileLock> records, Deadline deadline)
            throws IOException {
        FileLock record = lockRecord(from, end - from, deadline);
        if (record == null) {
            return false;
        }
        records.add(record);
        return true;
    }

    /** The positions of this process's records, in order. */
    private long[] taken() {
        return queues.entrySet().stream()
                .filter(entry -> entry.getValue().taken)
                .mapToLong(Map.Entry::getKey)
                .sorted()
                .toArray();
    }

    private void leave(long position) {
        queues.computeIfPresent(position, (at, queue) -> --queue.wanting == 0 ? null : queue);
    }

    private static boolean acquire(Lock lock, Deadline deadline) {
        try {
            // Not tryLock() without a time, which overtakes those that wait.
            return lock.tryLock(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
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

    /** Those of this process that want one position; gone when nobody does. */
    private static final class Queue {
        private final ReentrantLock lock = new ReentrantLock(true);
        private int wanting = 1;

        /**
         * Whether the record at the position is this process's; changes while the gate is shared.
         */
        private volatile boolean taken;

        /** What the holder's call works on, once it has begun. */
        private volatile Optional<CniAttachment> begun = Optional.empty();

        Queue wantedOnce() {
            wanting++;
            return this;
        }
    }
}
