package dev.kakehashi.conformance.stage;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A program that runs in a place while a scenario plays: a server that a plugin asks. */
final class Daemon implements Closeable {
    private static final int SECONDS_TO_END = 3;

    private final Process process;

    private Daemon(Process process) {
        this.process = process;
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
        return new Daemon(process);
    }

    boolean isRunning() {
        return process.isAlive();
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
