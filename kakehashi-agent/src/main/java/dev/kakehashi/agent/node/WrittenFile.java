package dev.kakehashi.agent.node;

import dev.kakehashi.linux.file.AtomicFile;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * A file that tells others of the node. Its appearance is what tells them that pods may come, so it
 * is written whole, and last.
 */
final class WrittenFile {
    private static final int READABLE = 0644;

    private final Path file;

    WrittenFile(Path file) {
        this.file = file;
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
