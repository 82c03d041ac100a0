package dev.kakehashi.agent.bird;

import dev.kakehashi.linux.file.AtomicFile;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.program.HostProgram;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * BIRD on this node. Whoever started it, a service manager or an earlier agent, it is spoken to by
 * its socket; only where none answers one is started, which outlives the agent: BIRD makes itself a
 * daemon of its own session. On one thread only.
 */
public final class BirdDaemon {
    /** Whether the kernel holds routes of a BIRD that ran before. */
    @FunctionalInterface
    public interface Leftovers {
        /** Looks. */
        boolean exist() throws IOException;
    }

    private static final System.Logger LOG = System.getLogger(BirdDaemon.class.getName());
    private static final int OWNER_ONLY = 0600;
    private static final int START_SECONDS = 10;

    private final BirdFiles files;
    private final HostProgram program;
    private String configured = "";

    /**
     * A daemon that may run already or not.
     *
     * @param host the namespace it is to work in; stays the caller's
     * @param program name or path of the BIRD to start
     */
    public BirdDaemon(BirdFiles files, Netns host, String program) {
        this.files = files;
        this.program =
                HostProgram.in(
                        host,
                        program,
                        "install BIRD 2 (Debian: apt install bird2), or run one of your own on "
                                + files.socket(),
                        START_SECONDS);
    }

    /**
     * Makes BIRD work by a configuration: writes it, starts BIRD if none answers, tells it if it is
     * another than before.
     *
     * @param leftovers asked when BIRD is started: neighbours are told that it is a graceful
     *     restart (RFC 4724) if there are any
     * @throws IOException when it cannot be, with the reason
     */
    public void keep(String configuration, Leftovers leftovers) throws IOException {
        boolean changed = write(configuration);
        Optional<BirdControl> running = find();
        if (running.isEmpty()) {
            start(leftovers.exist());
        } else {
            try (BirdControl control = running.get()) {
                if (changed || !configured.equals(configuration)) {
                    control.configure();
                }
            }
        }
        configured = configuration;
    }

    /** The sessions now; none while BIRD does not answer. */
    public List<BgpSession> sessions() throws IOException {
        Optional<BirdControl> running = find();
        if (running.isEmpty()) {
            return List.of();
        }
        try (BirdControl control = running.get()) {
            return control.sessions();
        }
    }

    /**
     * Ends BIRD, if this node has one, and forgets its configuration.
     *
     * @return whether there was one; its routes are still in the kernel
     */
    public boolean retire() throws IOException {
        if (!Files.exists(files.configuration())) {
            return false;
        }
        Optional<BirdControl> running = find();
        if (running.isPresent()) {
            try (BirdControl control = running.get()) {
                control.down();
            }
            LOG.log(System.Logger.Level.INFO, "BIRD is told to end: the carrier is another");
        }
        Files.deleteIfExists(files.configuration());
        configured = "";
        return true;
    }

    private boolean write(String configuration) throws IOException {
        try {
            if (Files.readString(files.configuration()).equals(configuration)) {
                return false;
            }
        } catch (NoSuchFileException e) {
            Files.createDirectories(
                    files.configuration().resolveSibling(""),
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
        }
        AtomicFile.write(
                files.configuration(), configuration.getBytes(StandardCharsets.UTF_8), OWNER_ONLY);
        return true;
    }

    private Optional<BirdControl> find() throws IOException {
        if (!Files.exists(files.socket())) {
            return Optional.empty();
        }
        try {
            return Optional.of(BirdControl.connect(files.socket()));
        } catch (dev.kakehashi.linux.LinuxException e) {
            return Optional.empty(); // a file that a dead one left
        }
    }

    private void start(boolean restarted) throws IOException {
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "-c", files.configuration().toString(),
                                "-s", files.socket().toString(),
                                "-P", files.pid().toString()));
        if (restarted) {
            arguments.add("-R");
        }
        var _ = program.run("", arguments.toArray(String[]::new));
        LOG.log(
                System.Logger.Level.INFO,
                "started BIRD{0}; its log is {1}",
                restarted ? " to take over the routes of the one before" : "",
                files.log());
    }
}
