package dev.kakehashi.conformance.stage;

import java.io.Closeable;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A program that runs in a place while a scenario plays: a server that a plugin asks. */
final class Daemon implements Closeable {
    private static final int SECONDS_TO_END = 3;

    private static final long READY_NANOS = 10_000_000_000L;
    private static final long READY_PAUSE_MILLIS = 10;

    private final Process process;
    private final List<String> command;
    private final Path log;

    private Daemon(Process process, List<String> command, Path log) {
        this.process = process;
        this.command = command;
        this.log = log;
    }

    /** Starts it; what it prints goes to a file. */
    static Daemon start(
            Place place, Path log, Map<String, String> environment, List<String> command)
            throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process = place.netns().<Process, IOException>call(builder::start);
        process.getOutputStream().close();
        return new Daemon(process, command, log);
    }

    /**
     * Waits until it makes a file, as it does when it can be asked. A socket has to take
     * connections: it is a file from bind(2) on, and refuses them until listen(2).
     *
     * @return false when it ended by itself without that
     * @throws Mismatch when it runs without that for ten seconds, with what it printed
     */
    boolean makes(Path ready) throws IOException, InterruptedException, Mismatch {
        long deadline = System.nanoTime() + READY_NANOS;
        while (!isReady(ready)) {
            if (!process.isAlive()) {
                return false;
            }
            if (System.nanoTime() > deadline) {
                throw Mismatch.of(
                        String.join(" ", command) + " makes " + ready,
                        Files.readString(log).strip());
            }
            Thread.sleep(READY_PAUSE_MILLIS);
        }
        return true;
    }

    private static boolean isReady(Path path) throws IOException {
        try {
            if (Files.readAttributes(path, BasicFileAttributes.class).isOther()) {
                SocketChannel.open(UnixDomainSocketAddress.of(path)).close();
            }
            return true;
        } catch (NoSuchFileException | ConnectException e) {
            return false;
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(SECONDS_TO_END, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
