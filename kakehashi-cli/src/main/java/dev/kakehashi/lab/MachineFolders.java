package dev.kakehashi.lab;

import dev.kakehashi.linux.Fcntl;
import dev.kakehashi.linux.Fd;
import dev.kakehashi.linux.SysFile;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Folders that nodes of labs mount on and that the machine did not have: the lab that needs one
 * first makes it, the last one removes it. To remove one on which a node of another lab has mounted
 * something would take that mount from the node (vfs_rmdir calls detach_mounts, linux/fs/namei.c),
 * and its files would be the machine's from then on.
 */
final class MachineFolders {
    /** Locked, as a directory, while labs look at and change what is on the machine. */
    private static final Path LOCKED = Path.of("/run");

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private MachineFolders() {}

    /** Makes what is missing, and writes it down in the lab before. */
    static void make(LabDirectory lab, List<Path> folders) throws IOException {
        try (Fd _ = lock()) {
            for (Path folder : folders) {
                make(lab, folder);
            }
        }
    }

    private static void make(LabDirectory lab, Path folder) throws IOException {
        Deque<Path> missing = new ArrayDeque<>();
        for (Path p = folder; p != null && !Files.exists(p); p = p.getParent()) {
            missing.push(p);
        }
        for (Path p : missing) {
            note(lab, List.of(p.toString()));
            Files.createDirectory(p);
        }
    }

    /** What a lab has made. */
    static List<String> madeBy(LabDirectory lab) throws IOException {
        return Files.exists(lab.made()) ? Files.readAllLines(lab.made()) : List.of();
    }

    /**
     * Removes what a lab has made that is gone, unless there is another, which takes it over.
     *
     * @param made in the order in which it was made
     */
    static void leave(List<String> made) throws IOException {
        try (Fd _ = lock()) {
            List<String> others = LabDirectory.all();
            if (!others.isEmpty()) {
                note(new LabDirectory(others.getFirst()), made);
                return;
            }
            // In reverse: a folder was written down after the one it is in.
            for (String folder : made.reversed()) {
                deleteIfEmpty(Path.of(folder));
            }
            deleteIfEmpty(LabDirectory.ROOT);
        }
    }

    private static void note(LabDirectory lab, List<String> folders) throws IOException {
        Files.write(lab.made(), folders, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private static void deleteIfEmpty(Path folder) throws IOException {
        try {
            Files.deleteIfExists(folder);
        } catch (DirectoryNotEmptyException e) {
            return; // somebody else uses it by now
        }
    }

    private static Fd lock() throws IOException {
        Fd fd = Fcntl.open(LOCKED, Fcntl.O_RDONLY | Fcntl.O_CLOEXEC, 0);
        boolean locked = false;
        try {
            for (long start = System.nanoTime();
                    !locked && System.nanoTime() - start < PATIENCE.toNanos();
                    locked = SysFile.tryLockExclusive(fd)) {
                Thread.sleep(1);
            }
            if (!locked) {
                throw new IOException(
                        LOCKED
                                + " is locked by another process for more than "
                                + PATIENCE.toSeconds()
                                + " s; see /proc/locks");
            }
            return fd;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for " + LOCKED);
        } finally {
            if (!locked) {
                fd.close();
            }
        }
    }
}
