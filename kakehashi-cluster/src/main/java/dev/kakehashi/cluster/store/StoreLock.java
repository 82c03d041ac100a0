package dev.kakehashi.cluster.store;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The one writer of a directory, among all threads and processes. The file lock is the process's
 * (POSIX record lock), so that the threads of one process need a lock of their own beside it, and
 * the kernel gives it back when the process dies.
 */
final class StoreLock {
    private static final long PATIENCE_MILLIS = 10_000;
    private static final Map<Path, ReentrantLock> IN_PROCESS = new ConcurrentHashMap<>();

    private final Path file;
    private final ReentrantLock inProcess;

    private StoreLock(Path file, ReentrantLock inProcess) {
        this.file = file;
        this.inProcess = inProcess;
    }

    static StoreLock at(Path file) throws IOException {
        Path canonical =
                file.getParent() == null
                        ? file
                        : file.getParent().toRealPath().resolve(file.getFileName());
        return new StoreLock(
                canonical, IN_PROCESS.computeIfAbsent(canonical, path -> new ReentrantLock()));
    }

    /** The lock while it is held; methods that write demand it. */
    final class Held implements AutoCloseable {
        private final FileChannel channel;

        private Held(FileChannel channel) {
            this.channel = channel;
        }

        @Override
        public void close() throws StoreException {
            try {
                channel.close();
            } catch (IOException e) {
                throw new StoreException("cannot unlock " + file + ": " + IoReason.of(e), e);
            } finally {
                inProcess.unlock();
            }
        }
    }

    Held acquire() throws StoreException {
        try {
            if (!inProcess.tryLock(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
                throw busy("another thread");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException("interrupted while waiting for " + file, e);
        }
        FileChannel channel = null;
        boolean locked = false;
        try {
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            await(channel);
            locked = true;
            return new Held(channel);
        } catch (IOException e) {
            if (e instanceof StoreException known) {
                throw known;
            }
            throw new StoreException("cannot lock " + file + ": " + IoReason.of(e), e);
        } finally {
            if (!locked) {
                release(channel);
            }
        }
    }

    private void await(FileChannel channel) throws IOException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
        while (true) {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return;
            }
            if (System.nanoTime() - deadline > 0) {
                throw busy("another process (see /proc/locks)");
            }
            try {
                Thread.sleep(1);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new StoreException("interrupted while waiting for " + file, e);
            }
        }
    }

    private void release(@Nullable FileChannel channel) throws StoreException {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            throw new StoreException("cannot close " + file + ": " + IoReason.of(e), e);
        } finally {
            inProcess.unlock();
        }
    }

    private StoreException busy(String who) {
        return new StoreException(
                file + " is held by " + who + " for more than " + PATIENCE_MILLIS / 1000 + " s");
    }
}
