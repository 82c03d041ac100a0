package dev.kakehashi.cluster.ipam;

import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.linux.Fcntl;
import dev.kakehashi.linux.Fd;
import dev.kakehashi.linux.SysFile;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A ledger in a file, replaced as a whole under flock(2). Thread-safe; several processes may use
 * it, the agent and one-shot runs.
 *
 * <p>The file is not forced to the disk: it must survive the processes, and what is written with
 * rename(2) does. When the machine stops, so do the pods, and a ledger of an earlier boot counts
 * for nothing.
 */
public final class LedgerFile implements LedgerDisk {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long PAUSE_NANOS = 200_000;
    private static final int LOCK_MODE = 0600;

    private record Stamp(@Nullable Object key, FileTime modified, long size) {}

    private record Read(Stamp stamp, Ledger ledger) {}

    private final Path directory;
    private final Path file;
    private final String bootId;
    private final Runnable changed;
    private final ReentrantLock inProcess = new ReentrantLock();
    private volatile @Nullable Read last;

    private LedgerFile(Path directory, String bootId, Runnable changed) {
        this.directory = directory;
        this.file = directory.resolve("ledger.json");
        this.bootId = bootId;
        this.changed = changed;
    }

    /**
     * The ledger of a network on this machine.
     *
     * @param state the node's state, usually {@code /var/lib/kakehashi}
     * @param network name of the Network; an object's name, so that it is safe as a file's
     * @param bootId what tells this boot from others ({@code /proc/sys/kernel/random/boot_id})
     */
    public static LedgerFile of(Path state, String network, String bootId) {
        return of(state, network, bootId, () -> {});
    }

    /** The same; {@code changed} is called after each change that is made by it. */
    static LedgerFile of(Path state, String network, String bootId, Runnable changed) {
        return new LedgerFile(state.resolve("ipam").resolve(network), bootId, changed);
    }

    @Override
    public Ledger read() throws IOException {
        try {
            Stamp stamp = stamp();
            Read known = last;
            if (known != null && known.stamp().equals(stamp)) {
                return known.ledger();
            }
            Ledger ledger = LedgerCodec.decode(Files.readString(file));
            if (!ledger.bootId().equals(bootId)) {
                return Ledger.of(bootId);
            }
            last = new Read(stamp, ledger);
            return ledger;
        } catch (NoSuchFileException e) {
            return Ledger.of(bootId);
        } catch (JsonException | IllegalArgumentException e) {
            throw new IOException(
                    file
                            + " is damaged: "
                            + e.getMessage()
                            + "; it says which addresses are in use: restore it, or restart the"
                            + " machine, or stop all pods of this node and remove it",
                    e);
        }
    }

    private Stamp stamp() throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        return new Stamp(attributes.fileKey(), attributes.lastModifiedTime(), attributes.size());
    }

    @Override
    public <E extends Exception> Ledger change(Change<E> change) throws IOException, E {
        inProcess.lock();
        try {
            Fd lock = lock();
            try {
                Ledger before = read();
                Ledger after = change.apply(before);
                if (!after.equals(before)) {
                    write(after);
                    changed.run();
                }
                return after;
            } finally {
                lock.close();
            }
        } finally {
            inProcess.unlock();
        }
    }

    /** Only while the lock is held. */
    private void write(Ledger ledger) throws IOException {
        Path fresh = directory.resolve(".ledger.json.new");
        Files.writeString(fresh, LedgerCodec.encode(ledger));
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        last = new Read(stamp(), ledger);
    }

    private Fd lock() throws IOException {
        Path path = directory.resolve("lock");
        int flags = Fcntl.O_RDWR | Fcntl.O_CREAT | Fcntl.O_CLOEXEC;
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(
                    directory,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
        }
        Fd fd = Fcntl.open(path, flags, LOCK_MODE);
        boolean held = false;
        try {
            long deadline = System.nanoTime() + PATIENCE_NANOS;
            while (!SysFile.tryLockExclusive(fd)) {
                if (System.nanoTime() - deadline > 0) {
                    throw new IOException(
                            path + " is held by another process for long; see /proc/locks");
                }
                TimeUnit.NANOSECONDS.sleep(PAUSE_NANOS);
            }
            held = true;
            return fd;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for " + path, e);
        } finally {
            if (!held) {
                fd.close();
            }
        }
    }

    @Override
    public String toString() {
        return file.toString();
    }
}
