package dev.kakehashi.agent.node;

import dev.kakehashi.cluster.node.CniConfList;
import dev.kakehashi.linux.file.AtomicFile;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * The CNI configuration of the node as a file. Its appearance is what tells the runtime that pods
 * may come, so it is written whole, and last.
 */
final class CniConfFile {
    private static final int READABLE = 0644;

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
        AtomicFile.write(file, text.getBytes(StandardCharsets.UTF_8), READABLE);
        return true;
    }

    @Override
    public String toString() {
        return file.toString();
    }
}
