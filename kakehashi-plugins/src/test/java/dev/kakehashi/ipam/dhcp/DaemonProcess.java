package dev.kakehashi.ipam.dhcp;

import dev.kakehashi.ipam.dhcp.daemon.DhcpDaemon;
import dev.kakehashi.linux.UnixSocket;
import dev.kakehashi.linux.netns.Netns;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** {@code dhcp daemon} of the classes under test, as a process of its own. */
final class DaemonProcess implements AutoCloseable {

    private final Process process;
    private final Path log;

    private DaemonProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    public static void main(String[] arguments) {
        System.exit(DhcpDaemon.main(arguments, System.getenv()));
    }

    /** The command line that runs it. */
    static List<String> command(String... arguments) {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-Xmx64m",
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                Arrays.stream(
                                                System.getProperty("java.class.path")
                                                        .split(File.pathSeparator, -1))
                                        .map(entry -> Path.of(entry).toAbsolutePath().toString())
                                        .collect(Collectors.joining(File.pathSeparator)),
                                DaemonProcess.class.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    static DaemonProcess launch(Netns netns, Path directory, List<String> command)
            throws IOException {
        Path log = directory.resolve("daemon.log");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        return new DaemonProcess(netns.<Process, IOException>call(builder::start), log);
    }

    /** Starts one and waits until it takes connections. */
    static DaemonProcess start(Netns netns, Path directory, Path socket, String... arguments)
            throws Exception {
        List<String> command = command(arguments);
        command.addAll(List.of("-socketpath", socket.toString()));
        DaemonProcess daemon = launch(netns, directory, command);
        for (int i = 0; i < 3000 && daemon.process.isAlive(); i++) {
            try {
                UnixSocket.connect(socket).close();
                return daemon;
            } catch (IOException e) {
                Thread.sleep(10);
            }
        }
        throw new AssertionError("it does not serve " + socket + ": " + daemon.log());
    }

    String log() throws IOException {
        return Files.readString(log);
    }

    /** SIGKILL. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    int awaitEnd() throws InterruptedException {
        return process.waitFor();
    }

    /** SIGTERM. */
    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }
}
