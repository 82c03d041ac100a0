package dev.kakehashi.ipam;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Tells what was written before this boot. Containers do not survive one, so their reservations are
 * void; without this they fill the range, reboot by reboot (containernetworking/plugins issue 498).
 *
 * <p>Two clocks must agree, because the machine's may be stepped while it runs: the kernel's boot
 * time ({@code btime} of {@code /proc/stat}) follows each step, the birth of {@code /run}'s root (a
 * tmpfs made early in the boot) keeps the time that was believed then. A file older than both was
 * written before the boot whichever way the clock was stepped since.
 */
final class EarlierBoot {

    /**
     * File systems of one machine. On one that machines share, a file older than this boot may be
     * another machine's living reservation.
     */
    private static final Set<String> LOCAL =
            Set.of(
                    "ext2",
                    "ext3",
                    "ext4",
                    "xfs",
                    "btrfs",
                    "f2fs",
                    "tmpfs",
                    "overlay",
                    "zfs",
                    "bcachefs");

    private EarlierBoot() {}

    /**
     * The moment that everything of this boot is younger than; empty when it cannot be known, and
     * then nothing may be taken for old.
     *
     * @param run the directory /run
     */
    static Optional<Instant> end(Path run) {
        Optional<Instant> kernel = Optional.empty();
        try {
            kernel = btime(Files.readAllLines(Path.of("/proc/stat")));
        } catch (IOException e) {
            // No procfs: no evidence.
        }
        return end(kernel, birth(run));
    }

    /** The earlier of both clocks; empty when one is missing. */
    static Optional<Instant> end(Optional<Instant> kernel, Optional<Instant> run) {
        if (kernel.isEmpty() || run.isEmpty()) {
            return Optional.empty();
        }
        return kernel.get().isBefore(run.get()) ? kernel : run;
    }

    /** The line {@code btime SECONDS} of proc_stat(5). */
    static Optional<Instant> btime(List<String> stat) {
        for (String line : stat) {
            if (line.startsWith("btime ")) {
                try {
                    return Optional.of(Instant.ofEpochSecond(Long.parseLong(line.substring(6))));
                } catch (NumberFormatException e) {
                    return Optional.empty();
                }
            }
        }
        return Optional.empty();
    }

    /** When a directory was made; empty where the file system does not record it. */
    private static Optional<Instant> birth(Path directory) {
        try {
            var attributes = Files.readAttributes(directory, BasicFileAttributes.class);
            // Without a birth time the JDK answers with the time of the last change instead.
            return attributes.creationTime().equals(attributes.lastModifiedTime())
                    ? Optional.empty()
                    : Optional.of(attributes.creationTime().toInstant());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Whether {@code directory} is on a file system that no other machine writes to. */
    static boolean isLocal(Path directory) {
        try {
            return LOCAL.contains(Files.getFileStore(directory).type());
        } catch (IOException e) {
            return false;
        }
    }
}
