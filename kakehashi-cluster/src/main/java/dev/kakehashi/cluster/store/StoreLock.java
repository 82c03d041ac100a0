package dev.kakehashi.cluster.store;

import dev.kakehashi.linux.Fcntl;
import dev.kakehashi.linux.Fd;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.SysFile;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * The one writer of a directory, among all threads and processes: {@code flock(2)}, which belongs
 * to the open file and so holds between threads too, is known to the command {@code flock}, and
 * ends with its process.
 */
final class StoreLock {
    private static final long PATIENCE_MILLIS = 10_000;
    private static final int FILE_MODE = 0644;

    private final Path file;

    StoreLock(Path file) {
        this.file = file;
    }

    /** The lock while it is held; methods that write demand it. */
    static final class Held implements AutoCloseable {
        private final Fd fd;

        private Held(Fd fd) {
            this.fd = fd;
        }

        @Override
        public void close() {
            fd.close();
        }
    }

    /**
     * Waits for the lock.
     *
     * @throws StoreException when another holds it for long, or the file cannot be opened
     */
    Held acquire() throws StoreException {
        Fd fd;
        try {
            fd = Fcntl.open(file, Fcntl.O_RDWR | Fcntl.O_CREAT | Fcntl.O_CLOEXEC, FILE_MODE);
        } catch (LinuxException e) {
            throw new StoreException("cannot open the lock " + file + ": " + e.getMessage(), e);
        }
        try {
            await(fd);
            return new Held(fd);
        } catch (StoreException e) {
            fd.close();
            throw e;
        }
    }

    private void await(Fd fd) throws StoreException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
        try {
            while (!SysFile.tryLockExclusive(fd)) {
                if (System.nanoTime() - deadline > 0) {
                    throw new StoreException(
                            file
                                    + " is held by another process for more than "
                                    + PATIENCE_MILLIS / 1000
                                    + " s; see /proc/locks");
                }
                TimeUnit.MILLISECONDS.sleep(1);
            }
        } catch (LinuxException e) {
            throw new StoreException("cannot lock " + file + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException("interrupted while waiting for " + file, e);
        }
    }
}
