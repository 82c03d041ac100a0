package dev.kakehashi.linux.file;

import dev.kakehashi.linux.Fcntl;
import dev.kakehashi.linux.Fd;
import dev.kakehashi.linux.Unistd;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Replaces files as a whole: readers, and the disk after a crash, have the old content or the new
 * one, never a part.
 */
public final class AtomicFile {
    private static final AtomicLong COUNT = new AtomicLong();
    private static final int BUFFER = 1 << 16;

    /** What becomes the content of a file. */
    @FunctionalInterface
    public interface Content {
        /** Writes all of it. */
        void writeTo(OutputStream out) throws IOException;
    }

    private AtomicFile() {}

    /**
     * Writes a file: to a temporary one beside it, to the disk, then under its name; the directory
     * is written too.
     *
     * @param mode permissions, less the umask
     * @throws IOException when it could not; the old content is still there then, and nothing else
     *     is left
     */
    public static void write(Path path, byte[] content, int mode) throws IOException {
        Path temporary = temporary(path);
        try {
            try (Fd fd = create(temporary, mode)) {
                Unistd.writeAll(fd, content);
                Unistd.fsync(fd);
            }
            Files.move(temporary, path.toAbsolutePath(), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            Files.deleteIfExists(temporary);
            throw e;
        }
        sync(temporary.resolveSibling(""));
    }

    /**
     * The same, of content that is too much to be in memory at once.
     *
     * @throws IOException when it could not, or {@code content} throws it; the old content is still
     *     there then, and nothing else is left
     */
    public static void write(Path path, int mode, Content content) throws IOException {
        Path temporary = temporary(path);
        boolean complete = false;
        try {
            try (Fd fd = create(temporary, mode);
                    OutputStream out = new BufferedOutputStream(new FdStream(fd), BUFFER)) {
                content.writeTo(out);
                out.flush();
                Unistd.fsync(fd);
            }
            Files.move(temporary, path.toAbsolutePath(), StandardCopyOption.ATOMIC_MOVE);
            complete = true;
        } finally {
            if (!complete) {
                Files.deleteIfExists(temporary);
            }
        }
        sync(temporary.resolveSibling(""));
    }

    private static Path temporary(Path path) throws IOException {
        Path target = path.toAbsolutePath();
        Path directory = target.getParent();
        if (directory == null) {
            throw new IOException(path + " is a directory");
        }
        return directory.resolve(
                prefix(target) + ProcessHandle.current().pid() + "." + COUNT.incrementAndGet());
    }

    private static Fd create(Path temporary, int mode) throws IOException {
        return Fcntl.open(temporary, Fcntl.O_WRONLY | Fcntl.O_CREAT | Fcntl.O_EXCL, mode);
    }

    /** Into a descriptor, which stays the caller's. */
    private static final class FdStream extends OutputStream {
        private final Fd fd;

        FdStream(Fd fd) {
            this.fd = fd;
        }

        @Override
        public void write(int octet) throws IOException {
            Unistd.writeAll(fd, new byte[] {(byte) octet});
        }

        @Override
        public void write(byte[] octets, int offset, int length) throws IOException {
            Unistd.writeAll(fd, Arrays.copyOfRange(octets, offset, offset + length));
        }
    }

    /**
     * Removes what writers of a file that were killed half-way left beside it. Only for who is its
     * one writer.
     */
    public static void removeLeftovers(Path path) throws IOException {
        Path target = path.toAbsolutePath();
        Path directory = target.getParent();
        if (directory == null) {
            return;
        }
        try (DirectoryStream<Path> leftovers =
                Files.newDirectoryStream(directory, entry -> isTemporary(entry, target))) {
            for (Path leftover : leftovers) {
                Files.delete(leftover);
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            // Nothing can be beside what is nowhere.
        }
    }

    private static boolean isTemporary(Path entry, Path target) {
        return String.valueOf(entry.getFileName()).startsWith(prefix(target));
    }

    /** The name begins with a dot, so that readers of a directory of files pass it over. */
    private static String prefix(Path target) {
        return "." + target.getFileName() + ".tmp.";
    }

    /**
     * Makes the entries of a directory survive a crash, after files in it were made, renamed or
     * removed.
     */
    public static void sync(Path directory) throws IOException {
        try (Fd fd = Fcntl.open(directory, Fcntl.O_RDONLY, 0)) {
            Unistd.fsync(fd);
        }
    }
}
