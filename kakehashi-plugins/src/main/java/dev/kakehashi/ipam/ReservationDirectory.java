package dev.kakehashi.ipam;

import dev.kakehashi.cni.IpText;
import dev.kakehashi.linux.Errno;
import dev.kakehashi.linux.Fcntl;
import dev.kakehashi.linux.Fd;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.SysFile;
import dev.kakehashi.linux.SysStat;
import dev.kakehashi.linux.Unistd;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The reservations of one network on disk, in the layout of the reference {@code host-local}, with
 * which the directory may be shared: a file for each address, named by it, holding its owner;
 * {@code last_reserved_ip.N} for the last address given from range set N; and {@code lock}, whose
 * {@code flock(2)} whoever reads or writes must hold.
 *
 * <p>What the files say is remembered between uses. It is read again, whole, when somebody else
 * changed the directory, which its modification time tells. So that no later change can bear the
 * same one, since the kernel's are those of its last tick, the time is set to the very nanosecond
 * after each look; where a file system does not keep it, a recent time is not relied upon.
 */
final class ReservationDirectory {

    private static final String LOCK = "lock";
    private static final String LAST = "last_reserved_ip.";
    private static final Duration LOCK_DEADLINE = Duration.ofSeconds(60);

    /** Longer than a tick, the granularity of time stamps of most file systems. */
    private static final Duration TICK = Duration.ofMillis(20);

    private static final FileAttribute<?> OWNER_WRITES =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x"));
    private static final int CREATE = Fcntl.O_WRONLY | Fcntl.O_CREAT | Fcntl.O_EXCL;

    /**
     * Not emptied first: that makes ext4 wait for its journal beside whoever syncs, and write when
     * the file is closed ({@code auto_da_alloc}, Documentation/admin-guide/ext4.rst).
     */
    private static final int OVERWRITE = Fcntl.O_WRONLY | Fcntl.O_CREAT;

    private static final int OWNER_ONLY = 0600;

    private final Path directory;

    /** Not fair: who runs goes on; in a queue each would wait until the one before it is woken. */
    private final ReentrantLock threads = new ReentrantLock();

    private final Reservations known = new Reservations();
    private final Map<Integer, IpNumber> lastGiven = new HashMap<>();
    private boolean swept;
    private Optional<Stamp> stamp = Optional.empty();

    /**
     * What the directory looked like when {@link #known} was true.
     *
     * @param settled whether a later change must show
     */
    private record Stamp(Object inode, Instant changed, boolean settled) {}

    /** The directory {@code directory}, which need not exist yet. */
    ReservationDirectory(Path directory) {
        this.directory = directory;
    }

    /** Where the reservations are. */
    Path path() {
        return directory;
    }

    /** Whether there is anything to lock. */
    boolean exists() {
        return Files.isDirectory(directory);
    }

    /**
     * Takes the lock, making the directory if need be.
     *
     * @throws IOException when the directory cannot be made or read, or when somebody else holds
     *     the lock for a minute
     */
    Session lock() throws IOException {
        threads.lock();
        Fd lock = null;
        try {
            lock = openLock();
            awaitLock(lock);
            refresh();
            return new Session(lock);
        } catch (IOException | RuntimeException e) {
            if (lock != null) {
                lock.close();
            }
            threads.unlock();
            throw e;
        }
    }

    private Fd openLock() throws IOException {
        Path file = directory.resolve(LOCK);
        try {
            return Fcntl.open(file, Fcntl.O_RDONLY | Fcntl.O_CREAT, OWNER_ONLY);
        } catch (IOException e) {
            Files.createDirectories(directory, OWNER_WRITES);
            return Fcntl.open(file, Fcntl.O_RDONLY | Fcntl.O_CREAT, OWNER_ONLY);
        }
    }

    /**
     * Asks again and again: a lock held by a process that hangs must not hang this one for good.
     */
    private void awaitLock(Fd lock) throws IOException {
        long end = System.nanoTime() + LOCK_DEADLINE.toNanos();
        long pause = TimeUnit.MICROSECONDS.toNanos(200);
        while (!SysFile.tryLockExclusive(lock)) {
            if (System.nanoTime() - end > 0) {
                throw new IOException(
                        "another process has held the lock "
                                + directory.resolve(LOCK)
                                + " for "
                                + LOCK_DEADLINE.toSeconds()
                                + " s; see which: fuser -v "
                                + directory.resolve(LOCK));
            }
            LockSupport.parkNanos(pause);
            pause = Math.min(pause * 2, TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    /** Learns what others changed. */
    private void refresh() throws IOException {
        Stamp now = look(Instant.MIN);
        if (stamp.isPresent()
                && stamp.get().inode().equals(now.inode())
                && stamp.get().changed().equals(now.changed())) {
            if (!stamp.get().settled()) {
                lastGiven.clear();
                readNew();
            }
            return;
        }
        known.clear();
        lastGiven.clear();
        swept = false;
        readNew();
        stamp = Optional.of(sign());
    }

    /** Gives the directory a modification time that is nobody else's. */
    private Stamp sign() throws IOException {
        Instant now = Instant.now();
        try {
            SysStat.setModified(directory.toString(), now);
        } catch (LinuxException e) {
            if (!e.is(Errno.EPERM) && !e.is(Errno.EACCES)) {
                throw e;
            }
            // Somebody else's directory, in which we may write all the same: it has the kernel's.
        }
        return look(now);
    }

    private Stamp look(Instant signed) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(directory, BasicFileAttributes.class);
        Object inode = attributes.fileKey();
        Instant changed = attributes.lastModifiedTime().toInstant();
        return new Stamp(
                inode == null ? directory : inode,
                changed,
                changed.equals(signed) || changed.plus(TICK).isBefore(Instant.now()));
    }

    /** Reads the files that appeared and forgets those that vanished. */
    private void readNew() throws IOException {
        Set<String> present = new HashSet<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                String name = String.valueOf(file.getFileName());
                present.add(name);
                if (!known.contains(name)) {
                    IpText.parse(name).ifPresent(address -> read(file, name, IpNumber.of(address)));
                }
            }
        }
        known.retain(present);
    }

    private void read(Path file, String name, IpNumber address) {
        try {
            Optional<Owner> owner = Owner.parse(Files.readString(file));
            Instant written = Files.getLastModifiedTime(file).toInstant();
            known.add(new Reservation(name, address, owner, written));
        } catch (NoSuchFileException e) {
            // Removed by hand, without the lock.
        } catch (IOException e) {
            // The address is held, nobody knows by whom: it is neither given nor taken back.
            known.add(new Reservation(name, address, Optional.of(Owner.UNKNOWN), Instant.MAX));
        }
    }

    /** The directory while its lock is held. Not for use by several threads. */
    final class Session implements AutoCloseable {
        private final Fd lock;
        private boolean changed;

        private Session(Fd lock) {
            this.lock = lock;
        }

        /** Whether {@link #sweep} was called since all files were read. */
        boolean isSwept() {
            return swept;
        }

        /** Notes that what is held now has been looked through for what is void. */
        void sweep() {
            swept = true;
        }

        /** What is reserved, as it is now. */
        Reservations reservations() {
            return known;
        }

        /**
         * Holds an address and notes it as the last one given from its range set.
         *
         * @param set the number of the range set
         * @return whether the address was free
         */
        boolean reserve(IpNumber address, Owner owner, int set) throws IOException {
            String text = address.toString();
            Path file = directory.resolve(text);
            changed = true;
            try {
                write(file, CREATE, owner.content());
            } catch (LinuxException e) {
                if (e.is(Errno.EEXIST)) {
                    return false;
                }
                Files.deleteIfExists(file);
                throw e;
            }
            known.add(new Reservation(text, address, Optional.of(owner), Instant.now()));
            try {
                write(directory.resolve(LAST + set), OVERWRITE, text);
                lastGiven.put(set, address);
            } catch (IOException e) {
                release(address);
                throw e;
            }
            return true;
        }

        private static void write(Path file, int how, String content) throws LinuxException {
            byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
            try (Fd fd = Fcntl.open(file, how, OWNER_ONLY)) {
                Unistd.writeAll(fd, bytes);
                if (how == OVERWRITE && SysStat.fstat(fd).size() > bytes.length) {
                    Unistd.ftruncate(fd, bytes.length);
                }
            }
        }

        /** Gives an address back; nothing happens if it is not held. */
        void release(IpNumber address) throws IOException {
            changed = true;
            for (Reservation reservation : known.of(address)) {
                Files.deleteIfExists(directory.resolve(reservation.file()));
                known.remove(reservation.file());
            }
        }

        /** The address given last from a range set; empty when none was, or the file is damaged. */
        Optional<IpNumber> lastGiven(int set) {
            IpNumber remembered = lastGiven.get(set);
            if (remembered != null) {
                return Optional.of(remembered);
            }
            try {
                Optional<IpNumber> last =
                        IpText.parse(Files.readString(directory.resolve(LAST + set)).strip())
                                .map(IpNumber::of);
                last.ifPresent(address -> lastGiven.put(set, address));
                return last;
            } catch (IOException e) {
                return Optional.empty();
            }
        }

        /** Lets go of the lock. */
        @Override
        public void close() {
            try {
                if (changed) {
                    stamp = Optional.of(sign());
                }
            } catch (IOException e) {
                stamp = Optional.empty();
            } finally {
                lock.close();
                threads.unlock();
            }
        }
    }
}
