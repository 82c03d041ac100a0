package dev.kakehashi.testing;

import dev.kakehashi.linux.netns.Netns;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A real DHCP server in a namespace. */
public final class Dnsmasq implements AutoCloseable {

    public static final Path PROGRAM = Path.of("/usr/sbin/dnsmasq");

    private final Process process;
    private final Path log;

    private Dnsmasq(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /**
     * Starts one and waits until it serves.
     *
     * @param directory for its files
     * @param options range and others
     */
    public static Dnsmasq start(Netns netns, Path directory, String... options) throws Exception {
        Path log = directory.resolve("dnsmasq.log");
        List<String> command =
                new ArrayList<>(
                        List.of(
                                PROGRAM.toString(),
                                "--keep-in-foreground",
                                "--conf-file=/dev/null",
                                "--port=0",
                                "--no-ping",
                                "--log-dhcp",
                                "--log-facility=-",
                                "--user=root",
                                "--dhcp-authoritative",
                                "--leasefile-ro",
                                "--pid-file"));
        command.addAll(List.of(options));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        Process process = netns.<Process, IOException>call(builder::start);
        Dnsmasq started = new Dnsmasq(process, log);
        started.await("DHCP, ");
        return started;
    }

    /** Waits until the server has logged a text. */
    public void await(String text) throws Exception {
        for (int i = 0; i < 1000; i++) {
            if (log().contains(text)) {
                return;
            }
            if (!process.isAlive()) {
                break;
            }
            Thread.sleep(10);
        }
        throw new AssertionError("no \"" + text + "\" in the server's log:\n" + log());
    }

    public String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How often a text is in the log. */
    public int count(String text) {
        return log().split(java.util.regex.Pattern.quote(text), -1).length - 1;
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }
}
