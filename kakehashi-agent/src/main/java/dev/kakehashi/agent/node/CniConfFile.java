package dev.kakehashi.agent.node;

import dev.kakehashi.cluster.node.CniConfList;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * The CNI configuration of the node as a file. Its appearance is what tells the runtime that pods
 * may come, so it is written whole, and last.
 */
final class CniConfFile {
    private final Path file;

    CniConfFile(Path directory) {
        this.file = directory.resolve(CniConfList.FILE_NAME);
    }

    /**
     * Makes the file hold {@code text}.
     *
     * @return whether it did not before
     */
    boolean ensure(String text) throws IOException {
        try {
            if (Files.readString(file).equals(text)) {
                return false;
            }
        } catch (NoSuchFileException e) {
            Files.createDirectories(file.resolveSibling(""));
        }
        // A runtime reads *.conf, *.conflist and *.json (libcni): never this name.
        Path temporary = file.resolveSibling("." + CniConfList.FILE_NAME + ".new");
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
        return true;
    }

    @Override
    public String toString() {
        return file.toString();
    }
}
