package dev.kakehashi.cluster.ipam;

import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.linux.Fcntl;
import dev.kakehashi.linux.Fd;
import dev.kakehashi.linux.SysFile;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A ledger in two files, under flock(2): the ledger as it was once, and a line for each change
 * after that, so that an address costs the same whether ten are given or a thousand. When the lines
 * are many, the first file is replaced as a whole and names another one for lines that come.
 * Thread-safe; several processes may use it, the agent and one-shot runs.
 *
 * <p>A line without an end is one of a process that died while it wrote: nobody was answered upon
 * it, so it counts for nothing and is cut off by the next.
 *
 * <p>The files are not forced to the disk: they must survive the processes, and what is written
 * with write(2) and rename(2) does. When the machine stops, so do the pods, and a ledger of an
 * earlier boot counts for nothing.
 */
public final class LedgerFile implements LedgerDisk {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long PAUSE_NANOS = 200_000;
    private static final int LOCK_MODE = 0600;
    private static final Set<StandardOpenOption> APPENDING =
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
    private static final FileAttribute<?> OWNERS =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    /** With more octets of changes the whole is written anew. */
    private static final long LONGEST_CHANGES = 64 * 1024;

    private record Stamp(@Nullable Object key, FileTime modified, long size) {}

    /**
     * What was read.
     *
     * @param whole of the ledger's file
     * @param changes number of the file of changes
     * @param size of that file
     * @param complete how much of it are whole lines
     */
    private record Read(Stamp whole, long changes, long size, long complete, Ledger ledger) {}

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
        return readAll().map(Read::ledger).orElseGet(() -> Ledger.of(bootId));
    }

    /** Empty when there is none of this boot. */
    private Optional<Read> readAll() throws IOException {
        try {
            while (true) {
                Stamp stamp = stamp();
                Read known = last;
                if (known == null || !known.whole().equals(stamp)) {
                    LedgerCodec.Whole whole = LedgerCodec.decode(Files.readString(file));
                    if (!whole.ledger().bootId().equals(bootId)) {
                        return Optional.empty();
                    }
                    known = new Read(stamp, whole.changes(), 0, 0, whole.ledger());
                }
                Read now = withChanges(known);
                if (stamp().equals(stamp)) { // else its changes may have been put into another
                    last = now;
                    return Optional.of(now);
                }
            }
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (JsonException | IllegalArgumentException e) {
            throw new IOException(
                    file
                            + " is damaged, or what was changed since: "
                            + e.getMessage()
                            + "; it says which addresses are in use: restore it, or restart the"
                            + " machine, or stop all pods of this node and remove it",
                    e);
        }
    }

    /** With the lines that came since. */
    private Read withChanges(Read known) throws IOException, JsonException {
        Path changes = changes(known.changes());
        byte[] more;
        try (FileChannel channel = FileChannel.open(changes, StandardOpenOption.READ)) {
            long size = channel.size();
            if (size == known.size()) {
                return known;
            }
            if (size < known.complete()) {
                throw new IllegalArgumentException(changes + " became shorter");
            }
            ByteBuffer buffer = ByteBuffer.allocate(Math.toIntExact(size - known.complete()));
            while (buffer.hasRemaining()
                    && channel.read(buffer, known.complete() + buffer.position()) > 0) {
                // goes on
            }
            more = Arrays.copyOf(buffer.array(), buffer.position());
        } catch (NoSuchFileException e) {
            return known;
        }
        Ledger ledger = known.ledger();
        int begin = 0;
        for (int end = 0; end < more.length; end++) {
            if (more[end] == '\n') {
                String line = new String(more, begin, end - begin, StandardCharsets.UTF_8);
                ledger = LedgerCodec.decodeChange(line).applyTo(ledger);
                begin = end + 1;
            }
        }
        return new Read(
                known.whole(),
                known.changes(),
                known.complete() + more.length,
                known.complete() + begin,
                ledger);
    }

    private Path changes(long number) {
        return directory.resolve("ledger." + number + ".changes");
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
                Optional<Read> known = readAll();
                Ledger before = known.map(Read::ledger).orElseGet(() -> Ledger.of(bootId));
                Ledger after = change.apply(before);
                if (!after.equals(before)) {
                    if (known.isPresent()
                            && known.get().complete() < LONGEST_CHANGES
                            && LedgerCodec.format(before) == LedgerCodec.format(after)) {
                        append(known.get(), after);
                    } else {
                        replace(known, after);
                    }
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
    private void append(Read known, Ledger after) throws IOException {
        String line = LedgerCodec.encode(LedgerChange.between(known.ledger(), after)) + "\n";
        ByteBuffer octets = ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8));
        long size = known.complete() + octets.remaining();
        try (FileChannel channel = FileChannel.open(changes(known.changes()), APPENDING, OWNERS)) {
            if (known.size() > known.complete()) {
                channel.truncate(known.complete());
            }
            while (octets.hasRemaining()) {
                int _ = channel.write(octets);
            }
        }
        last = new Read(known.whole(), known.changes(), size, size, after);
    }

    /** Only while the lock is held. */
    private void replace(Optional<Read> known, Ledger ledger) throws IOException {
        long number = known.map(Read::changes).orElse(0L) + 1;
        Files.deleteIfExists(changes(number)); // of an earlier boot, or of a file that was removed
        Path fresh = directory.resolve(".ledger.json.new");
        Files.writeString(fresh, LedgerCodec.encode(ledger, number));
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        last = new Read(stamp(), number, 0, 0, ledger);
        if (known.isPresent()) {
            Files.deleteIfExists(changes(known.get().changes()));
        }
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
