package dev.kakehashi.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;

/** A directory store. */
record DirectoryNodes(Path directory) implements NodeStore {

    @Override
    public String address() {
        return directory.toString();
    }

    /** As an editor does it: whole files are moved in. */
    @Override
    public void put(Map<String, String> texts) throws IOException {
        for (Map.Entry<String, String> text : texts.entrySet()) {
            Path file = directory.resolve(text.getKey() + ".yaml");
            Files.createDirectories(directory.resolve(text.getKey()).resolveSibling(""));
            Path part = Files.writeString(directory.resolve("part"), text.getValue());
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    @Override
    public void close() {}
}
