package dev.kakehashi.agent.bird;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Where BIRD's files are, and who reads passwords: all below one directory of the node. */
public final class BirdFiles {
    private static final int MAX_PASSWORD_FILE = 4096;

    private final Path directory;

    private BirdFiles(Path directory) {
        this.directory = directory;
    }

    /** Below an agent's state directory. */
    public static BirdFiles of(Path stateDirectory) {
        return new BirdFiles(stateDirectory.resolve("bgp").toAbsolutePath());
    }

    /** The configuration; it may hold passwords. */
    public Path configuration() {
        return directory.resolve("bird.conf");
    }

    /** The configuration of a BIRD that is being ended. */
    Path retiredConfiguration() {
        return directory.resolve("bird.conf.retired");
    }

    /** The control socket. */
    public Path socket() {
        return directory.resolve("bird.ctl");
    }

    /** What BIRD tells of itself. */
    public Path log() {
        return directory.resolve("bird.log");
    }

    Path pid() {
        return directory.resolve("bird.pid");
    }

    /**
     * The first line of a file in {@code bgp/passwords}.
     *
     * @param name of the file; no path
     * @throws IOException saying for people why there is none
     */
    public String password(String name) throws IOException {
        Path folder = directory.resolve("passwords");
        Path file = folder.resolve(name);
        try {
            if (Files.size(file) > MAX_PASSWORD_FILE) {
                throw new IOException(file + " is too large for a password");
            }
            String text = Files.readString(file, StandardCharsets.ISO_8859_1);
            return text.lines().findFirst().orElse("");
        } catch (NoSuchFileException e) {
            throw new IOException("there is no file " + file + "; write the password into it", e);
        }
    }
}
