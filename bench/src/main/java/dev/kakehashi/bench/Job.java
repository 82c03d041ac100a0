package dev.kakehashi.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * A program with its environment and input, as files for {@code timed_spawn}.
 *
 * @param directory where the files are
 */
record Job(Path directory) {

    static Job write(Path directory, Path program, Map<String, String> environment, String input)
            throws IOException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("path"), program + "\n");
        StringBuilder entries = new StringBuilder();
        environment.forEach((k, v) -> entries.append(k).append('=').append(v).append('\0'));
        Files.writeString(directory.resolve("env"), entries);
        Files.writeString(directory.resolve("stdin"), input);
        return new Job(directory);
    }

    String output() throws IOException {
        return Files.readString(directory.resolve("stdout"), StandardCharsets.UTF_8);
    }
}
