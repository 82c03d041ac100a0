package dev.kakehashi.ipam.dhcp.daemon;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A file with the number of this process, while it runs. */
record PidFile(Optional<Path> path) implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(PidFile.class.getName());

    /**
     * Writes it.
     *
     * @param path absolute, or empty for none
     * @throws IOException in the reference plugin's words
     */
    static PidFile write(String path) throws IOException {
        if (path.isEmpty()) {
            return new PidFile(Optional.empty());
        }
        Path file = Path.of(path);
        if (!file.isAbsolute()) {
            throw new IOException("Error writing pidfile \"" + path + "\": path not absolute");
        }
        try {
            Files.writeString(file, Long.toString(ProcessHandle.current().pid()));
        } catch (IOException e) {
            throw new IOException("Error writing pidfile \"" + path + "\": " + e, e);
        }
        return new PidFile(Optional.of(file));
    }

    @Override
    public void close() {
        remove();
    }

    void remove() {
        try {
            if (path.isPresent()) {
                Files.deleteIfExists(path.get());
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, "cannot remove {0}: {1}", path.get(), e.getMessage());
        }
    }
}
