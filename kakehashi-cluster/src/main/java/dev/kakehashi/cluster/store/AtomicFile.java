package dev.kakehashi.cluster.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;

/**
 * Writes files whole or not at all, also through a crash: temporary file, fsync, rename, fsync of
 * the directory.
 */
final class AtomicFile {
    private AtomicFile() {}

    /**
     * Replaces {@code file}. The temporary file has a fixed hidden name: there is one writer, the
     * holder of the lock.
     */
    static void replace(Path file, String text, StoreLock.Held held) throws IOException {
        Objects.requireNonNull(held);
        Path directory = Objects.requireNonNull(file.getParent());
        Path temporary = directory.resolve("." + file.getFileName() + ".new");
        try (FileChannel channel =
                FileChannel.open(
                        temporary,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            ByteBuffer octets = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (octets.hasRemaining()) {
                channel.write(octets);
            }
            channel.force(true);
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        sync(directory);
    }

    /** Deletes {@code file}. */
    static void delete(Path file, StoreLock.Held held) throws IOException {
        Objects.requireNonNull(held);
        Files.delete(file);
        sync(Objects.requireNonNull(file.getParent()));
    }

    private static void sync(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
