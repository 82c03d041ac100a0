package dev.kakehashi.store.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.netns.NetnsTask;

import org.junit.jupiter.api.Assumptions;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A real etcd of one member, on loopback or where a test wants it, with its data in a directory.
 */
public final class EtcdServer implements AutoCloseable {
    private static final Path BINARIES =
            Path.of(System.getProperty("kakehashi.peers", ""), "etcd", "usr", "bin");

    /** Where it runs: a namespace, or that of the test, and an address of it. */
    private record Place(Optional<Netns> netns, String address) {
        private static final Place LOOPBACK = new Place(Optional.empty(), "127.0.0.1");

        <T> T call(NetnsTask<T, IOException> task) throws IOException {
            return netns.isPresent() ? netns.get().call(task) : task.run();
        }
    }

    private final Path directory;
    private final List<String> arguments;
    private final Place place;
    private final int port;
    private Process process;

    private EtcdServer(Path directory, Place place, int port, List<String> arguments)
            throws IOException {
        this.directory = directory;
        this.place = place;
        this.port = port;
        this.arguments = arguments;
        this.process = launch();
    }

    /** Starts one; {@code tls}: more options of a server that speaks TLS only. */
    public static EtcdServer start(Path directory, List<String> tls) throws Exception {
        return start(directory, Place.LOOPBACK, tls);
    }

    /** Starts one in a namespace, whose loopback interface is up, at an address that it has. */
    public static EtcdServer start(Path directory, Netns netns, String address) throws Exception {
        return start(directory, new Place(Optional.of(netns), address), List.of());
    }

    private static EtcdServer start(Path directory, Place place, List<String> tls)
            throws Exception {
        Path binary = BINARIES.resolve("etcd");
        Assumptions.assumeTrue(
                Files.isExecutable(binary), "no etcd in " + BINARIES + ": scripts/peers/setup.sh");
        int port = freePort();
        String client = (tls.isEmpty() ? "http" : "https") + "://" + place.address() + ":" + port;
        String peer = "http://127.0.0.1:" + freePort();
        List<String> arguments = new ArrayList<>();
        arguments.add(binary.toString());
        arguments.addAll(List.of("--name", "test", "--data-dir", directory.resolve("data") + ""));
        arguments.addAll(
                List.of("--listen-client-urls", client, "--advertise-client-urls", client));
        arguments.addAll(
                List.of("--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer));
        arguments.addAll(List.of("--initial-cluster", "test=" + peer, "--unsafe-no-fsync"));
        arguments.addAll(tls);
        EtcdServer server = new EtcdServer(directory, place, port, arguments);
        server.awaitPort();
        return server;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private Process launch() throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(arguments)
                        .redirectErrorStream(true)
                        .redirectOutput(
                                ProcessBuilder.Redirect.appendTo(
                                        directory.resolve("log").toFile()));
        return place.call(builder::start);
    }

    private void awaitPort() throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (true) {
            try {
                place.call(() -> {
                    try (Socket socket = new Socket()) {
                        socket.connect(new InetSocketAddress(place.address(), port), 1000);
                        return true;
                    }
                });
                return;
            } catch (IOException e) {
                assertThat(process.isAlive()).as("etcd: see " + directory).isTrue();
                assertThat(System.nanoTime()).as("etcd listens").isLessThan(deadline);
                Thread.sleep(20);
            }
        }
    }

    /** Its host and port. */
    public String authority() {
        return place.address() + ":" + port;
    }

    /** Ends it by SIGKILL; its data stay. */
    public void kill() {
        process.destroyForcibly().onExit().join();
    }

    /** Starts it again on the same data, and at the same address. */
    public void restart() throws Exception {
        process = launch();
        awaitPort();
    }

    /** As a server whose machine hangs: connections stay, nobody answers. */
    public void freeze() throws Exception {
        signal("STOP");
    }

    /** Goes on after {@link #freeze}. */
    public void thaw() throws Exception {
        signal("CONT");
    }

    private void signal(String name) throws Exception {
        Process kill =
                new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start();
        assertThat(kill.waitFor()).isZero();
    }

    /** Runs etcdctl on this server. */
    public String control(String... command) throws Exception {
        List<String> line = new ArrayList<>();
        line.add(BINARIES.resolve("etcdctl").toString());
        line.addAll(List.of("--endpoints", "http://" + authority()));
        line.addAll(List.of(command));
        ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true);
        builder.environment().put("ETCDCTL_API", "3");
        Process etcdctl = place.call(builder::start);
        String output = new String(etcdctl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(etcdctl.waitFor()).as(output).isZero();
        return output;
    }

    @Override
    public void close() {
        kill();
    }
}
