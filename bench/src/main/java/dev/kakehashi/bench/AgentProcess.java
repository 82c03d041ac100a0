package dev.kakehashi.bench;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A resident agent of ours, started for a measurement. */
final class AgentProcess implements AutoCloseable {
    private static final int REST_MILLIS = 500;
    private static final int MOST_LOOKS = 120;

    private final Process process;
    private final long nanosToReady;

    private AgentProcess(Process process, long nanosToReady) {
        this.process = process;
        this.nanosToReady = nanosToReady;
    }

    /** Starts it and waits until it takes connections. */
    static AgentProcess start(Path home, Path socket, Path log) throws IOException {
        return start(home, socket, log, List.of());
    }

    /** The same with more options. */
    static AgentProcess start(Path home, Path socket, Path log, List<String> options)
            throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(
                        Command.of(
                                        home.resolve("bin/kakehashi-agent").toString(),
                                        "--socket",
                                        socket.toString())
                                .with(options.toArray(String[]::new))
                                .words());
        builder.redirectErrorStream(true);
        builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        long start = System.nanoTime();
        Process process = builder.start();
        while (!connects(socket)) {
            if (!process.isAlive() || System.nanoTime() - start > 20_000_000_000L) {
                process.destroyForcibly();
                throw new IOException("the agent does not start; see " + log);
            }
            Processes.pause(1); // spinning would take one of few processors from it
        }
        return new AgentProcess(process, System.nanoTime() - start);
    }

    private static boolean connects(Path socket) {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return channel.connect(UnixDomainSocketAddress.of(socket));
        } catch (IOException e) {
            return false;
        }
    }

    /** From exec to the first accepted connection. */
    double millisToReady() {
        return nanosToReady / 1e6;
    }

    /**
     * Waits until it has used less than a tenth of a processor for half a second; when that began,
     * as {@link System#nanoTime}.
     *
     * @param atLeast of the processors it must have used since it was started: what it rests from
     */
    long awaitRest(Duration atLeast) throws IOException {
        long began = System.nanoTime();
        Duration before = used();
        for (int looks = 0; looks < MOST_LOOKS; looks++) {
            Processes.pause(REST_MILLIS);
            Duration now = used();
            boolean rests = now.minus(before).toMillis() < REST_MILLIS / 10;
            if (rests && now.compareTo(atLeast) >= 0) {
                return began;
            }
            began = System.nanoTime();
            before = now;
        }
        throw new IOException("the agent does not rest");
    }

    /** Of the processors, since it was started. */
    Duration used() throws IOException {
        return process.info()
                .totalCpuDuration()
                .orElseThrow(() -> new IOException("the agent has ended"));
    }

    /** Resident memory in megabytes (10^6 bytes), file pages included. */
    double residentMegabytes() throws IOException {
        for (String line :
                Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status"))) {
            if (line.startsWith("VmRSS:")) {
                String kibibytes = line.substring(6).replace("kB", "").strip();
                return Long.parseLong(kibibytes) * 1024 / 1e6;
            }
        }
        throw new IOException("no VmRSS");
    }

    @Override
    public void close() throws IOException {
        Processes.end(process);
    }
}
