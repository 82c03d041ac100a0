package dev.kakehashi.agent.bird;

import dev.kakehashi.linux.file.AtomicFile;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.program.HostProgram;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * BIRD on this node. Whoever started it, a container of its own, a service manager or an earlier
 * agent, it is spoken to by its socket. Where it is the agent's own, one is started where none
 * answers, which outlives the agent: BIRD makes itself a daemon of its own session. Where it is
 * not, whoever runs it ({@code kakehashi-bird}) starts it once there is a configuration. On one
 * thread only.
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

    /** Others start it within a second; a container of it may be made anew meanwhile. */
    private static final Duration EXTERNAL_PATIENCE = Duration.ofSeconds(15);

    private final BirdFiles files;
    private final Optional<HostProgram> program;
    private String configured = "";
    private Optional<Instant> missingSince = Optional.empty();

    private BirdDaemon(BirdFiles files, Optional<HostProgram> program) {
        this.files = files;
        this.program = program;
    }

    /**
     * A daemon that may run already or not, and is started if it does not.
     *
     * @param host the namespace it is to work in; stays the caller's
     * @param program name or path of the BIRD to start
     */
    public static BirdDaemon own(BirdFiles files, Netns host, String program) {
        return new BirdDaemon(
                files,
                Optional.of(
                        HostProgram.in(
                                host,
                                program,
                                "install BIRD 2 (Debian: apt install bird2), or run one of your"
                                        + " own on "
                                        + files.socket(),
                                START_SECONDS)));
    }

    /** A daemon that somebody else runs, by the configuration that is written here. */
    public static BirdDaemon external(BirdFiles files) {
        return new BirdDaemon(files, Optional.empty());
    }

    /**
     * Makes BIRD work by a configuration: writes it, starts BIRD if none answers and it is the
     * agent's own, tells it if it is another than before.
     *
     * @param leftovers asked when BIRD is started: neighbours are told that it is a graceful
     *     restart (RFC 4724) if there are any
     * @throws IOException when it cannot be, with the reason
     */
    public void keep(String configuration, Leftovers leftovers) throws IOException {
        boolean changed = write(configuration);
        Optional<BirdControl> running = find();
        if (running.isPresent()) {
            try (BirdControl control = running.get()) {
                if (changed || !configured.equals(configuration)) {
                    control.configure();
                }
            }
            configured = configuration;
            missingSince = Optional.empty();
        } else if (program.isPresent()) {
            start(program.get(), leftovers.exist());
            configured = configuration;
        } else {
            // Which one the next reads that is about to start is not known: it is told once.
            configured = "";
            miss();
        }
    }

    private void miss() throws IOException {
        Instant now = Instant.now();
        if (missingSince.isEmpty()) {
            missingSince = Optional.of(now);
        }
        if (now.isAfter(missingSince.get().plus(EXTERNAL_PATIENCE))) {
            throw new IOException(
                    "no BIRD answers on "
                            + files.socket()
                            + ": look at the log of who runs it (container bird of the agent's"
                            + " pod, or kakehashi-bird.service), or have the agent run one"
                            + " (without --bird external)");
        }
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
     * Ends BIRD, if this node has one, and puts its configuration aside: who runs it for others
     * starts none without.
     *
     * @return whether there was one; its routes are still in the kernel, and its configuration is
     *     not forgotten until {@link #forget}
     */
    public boolean retire() throws IOException {
        if (Files.exists(files.configuration())) {
            Files.move(
                    files.configuration(),
                    files.retiredConfiguration(),
                    StandardCopyOption.ATOMIC_MOVE);
            LOG.log(System.Logger.Level.INFO, "BIRD is told to end: the carrier is another");
        }
        configured = "";
        missingSince = Optional.empty();
        Optional<BirdControl> running = find();
        if (running.isPresent()) {
            try (BirdControl control = running.get()) {
                control.down();
            }
        }
        return running.isPresent() || Files.exists(files.retiredConfiguration());
    }

    /** That there was a BIRD, once nothing of it is left in the kernel. */
    public void forget() throws IOException {
        Files.deleteIfExists(files.retiredConfiguration());
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

    private void start(HostProgram bird, boolean restarted) throws IOException {
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "-c", files.configuration().toString(),
                                "-s", files.socket().toString(),
                                "-P", files.pid().toString()));
        if (restarted) {
            arguments.add("-R");
        }
        var _ = bird.run("", arguments.toArray(String[]::new));
        LOG.log(
                System.Logger.Level.INFO,
                "started BIRD{0}; its log is {1}",
                restarted ? " to take over the routes of the one before" : "",
                files.log());
    }
}
