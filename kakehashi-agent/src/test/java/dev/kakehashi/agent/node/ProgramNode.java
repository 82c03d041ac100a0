package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.kakehashi.cluster.ipam.Ledger;
import dev.kakehashi.cluster.ipam.Ledgers;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.config.ConfigFolder;
import dev.kakehashi.cni.config.NetworkConfigList;
import dev.kakehashi.cni.exec.ExecOutcome;
import dev.kakehashi.cni.exec.PluginExec;
import dev.kakehashi.cni.exec.PluginFinder;
import dev.kakehashi.cni.runtime.CniRuntime;
import dev.kakehashi.cni.runtime.RuntimeConf;
import dev.kakehashi.cni.runtime.RuntimeSettings;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.testing.TestNamespaces;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * A node with the programs of the build: an agent of its own process, and pods that come and go by
 * the plugin binaries, as a runtime calls them. What it keeps is in one directory.
 */
final class ProgramNode implements PluginExec, AutoCloseable {
    private static final Path DIST =
            Path.of(System.getProperty("kakehashi.dist", "dist")).toAbsolutePath();
    private static final int HEALTH = 9476;

    /**
     * What is the node's own of how its programs run.
     *
     * @param network name of its Network
     * @param agent more arguments of its agent
     * @param varLib what its programs see as {@code /var/lib}, if not the machine's
     */
    record Way(String network, List<String> agent, Optional<Path> varLib) {
        static final Way USUAL = new Way("pods", List.of(), Optional.empty());

        /** The command line of a program there. */
        List<String> command(List<String> program) {
            List<String> command = new ArrayList<>();
            if (varLib.isPresent()) {
                command.addAll(List.of("unshare", "--mount", "--propagation", "private"));
                command.addAll(List.of("sh", "-c", "mount --bind \"$0\" /var/lib && exec \"$@\""));
                command.add(varLib.get().toString());
            }
            command.addAll(program);
            return command;
        }
    }

    /** A pod that runs. */
    record Pod(String id, Netns netns, InetAddress address) {
        String text() {
            return id + " " + IpAddresses.format(address);
        }
    }

    private final String name;
    private final Netns netns;
    private final Path directory;
    private final String store;
    private final Way way;
    private final List<Pod> pods = new ArrayList<>();
    private final Set<Path> named = new HashSet<>();
    private Process agent;

    private ProgramNode(String name, Netns netns, Path directory, String store, Way way)
            throws IOException {
        this.name = name;
        this.netns = netns;
        this.directory = Files.createDirectories(directory);
        this.store = store;
        this.way = way;
        this.agent = launch();
    }

    /**
     * Starts the agent of a node, and waits until it answers plugins.
     *
     * @param netns with {@code eth0}, by which it reaches others
     * @param directory short enough for a socket in it
     */
    static ProgramNode start(String name, Netns netns, Path directory, String store)
            throws Exception {
        return start(name, netns, directory, store, Way.USUAL);
    }

    /** The same in another way. */
    static ProgramNode start(String name, Netns netns, Path directory, String store, Way way)
            throws Exception {
        assumeTrue(
                Files.isExecutable(DIST.resolve("cni/kakehashi-ipam")),
                "needs the programs in " + DIST + ": make build");
        ProgramNode node = new ProgramNode(name, netns, directory, store, way);
        node.awaitSocket();
        return node;
    }

    private Process launch() throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                DIST.resolve("bin/kakehashi-agent").toString(),
                                "--socket",
                                socket().toString(),
                                "--state",
                                state().toString(),
                                "--node",
                                name,
                                "--network",
                                way.network(),
                                "--underlay",
                                "eth0",
                                "--cni-conf-dir",
                                configurations().toString(),
                                "--health-address",
                                "127.0.0.1:" + HEALTH,
                                "--store",
                                store));
        command.addAll(way.agent());
        ProcessBuilder builder = new ProcessBuilder(way.command(command));
        builder.redirectErrorStream(true);
        builder.redirectOutput(ProcessBuilder.Redirect.appendTo(logFile().toFile()));
        return netns.<Process, IOException>call(builder::start);
    }

    private void awaitSocket() throws Exception {
        NodesBed.await(
                "the socket of " + name,
                () -> {
                    assertThat(agent.isAlive()).as(log()).isTrue();
                    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
                        return channel.connect(UnixDomainSocketAddress.of(socket()));
                    } catch (IOException e) {
                        return false;
                    }
                });
    }

    /** Kills the agent, as a crash does, and starts another. */
    void crash() throws Exception {
        kill();
        startAgain();
    }

    /** Kills the agent. */
    void kill() throws Exception {
        agent.destroyForcibly().onExit().get(30, TimeUnit.SECONDS);
    }

    /** Ends the agent as an operator does. */
    void end() throws Exception {
        agent.destroy();
        agent.onExit().get(30, TimeUnit.SECONDS);
    }

    /** Starts another agent after one that was killed. */
    void startAgain() throws Exception {
        agent = launch();
        awaitSocket();
    }

    String name() {
        return name;
    }

    Netns netns() {
        return netns;
    }

    /** Those that run. */
    List<Pod> pods() {
        return List.copyOf(pods);
    }

    private Path socket() {
        return directory.resolve("agent.sock");
    }

    private Path state() {
        return directory.resolve("state");
    }

    private Path configurations() {
        return directory.resolve("net.d");
    }

    private Path logFile() {
        return directory.resolve("agent.log");
    }

    /** All that its agents said. */
    String log() throws IOException {
        return Files.exists(logFile()) ? Files.readString(logFile()) : "";
    }

    /** By what pods are attached; empty before the agent wrote it. */
    String configuration() throws IOException {
        Path file = configurations().resolve("10-kakehashi.conflist");
        return Files.exists(file) ? Files.readString(file) : "";
    }

    /** What is on disk of its addresses. */
    Ledger ledger() throws IOException {
        return Ledgers.in(state()).of(way.network()).read();
    }

    /** What {@code /readyz} says, with the status. */
    String ready() throws IOException {
        return netns.<String, IOException>call(() -> {
            try (Socket http = new Socket()) {
                http.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), HEALTH), 5000);
                http.setSoTimeout(10_000);
                http.getOutputStream()
                        .write("GET /readyz HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                return new String(http.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            }
        });
    }

    /** Whether pods may come, by what the agent says, if it says something yet. */
    boolean isReady() {
        try {
            return ready().contains(" 200 ");
        } catch (IOException e) {
            return false;
        }
    }

    /** What an agent would know without its store. */
    LastView lastView() throws IOException {
        return LastViewFile.in(state()).read(name, way.network());
    }

    /** What {@code kakehashi status} says of the node. */
    String status() throws IOException {
        return TestNamespaces.run(
                netns,
                DIST.resolve("bin/kakehashi").toString(),
                "status",
                "--socket",
                socket().toString());
    }

    /** What {@code kakehashi ipam check} finds here. */
    String check() throws IOException {
        return TestNamespaces.run(
                netns,
                "sh",
                "-c",
                "%s ipam check --store %s --network %s --state %s --node %s 2>&1 || true"
                        .formatted(
                                DIST.resolve("bin/kakehashi"),
                                store,
                                way.network(),
                                state(),
                                name));
    }

    /** Makes a pod, whose namespace has a name as a runtime would give it. */
    Pod add(String id, Netns pod) throws Exception {
        return add(id, pod, own());
    }

    /** The same by another configuration. */
    Pod add(String id, Netns pod, NetworkConfigList list) throws Exception {
        pod.pin(netnsOf(id));
        named.add(netnsOf(id));
        TestNamespaces.run(pod, "ip", "link", "set", "lo", "up");
        InetAddress address =
                runtime().add(list, conf(id)).decode().ips().getFirst().address().address();
        Pod made = new Pod(id, pod, address);
        pods.add(made);
        return made;
    }

    /** Ends one. */
    void del(Pod pod) throws Exception {
        del(pod, own());
    }

    /** The same by another configuration. */
    void del(Pod pod, NetworkConfigList list) throws Exception {
        runtime().del(list, conf(pod.id()));
        Netns.unpin(netnsOf(pod.id()));
        named.remove(netnsOf(pod.id()));
        pods.remove(pod);
    }

    private NetworkConfigList own() throws CniException {
        return ConfigFolder.at(configurations()).load(way.network());
    }

    private CniRuntime runtime() {
        return CniRuntime.with(
                RuntimeSettings.of(List.of(DIST.resolve("cni").toString()))
                        .cacheFolder(directory.resolve("cache"))
                        .environment(Map.of())
                        .exec(_ -> this));
    }

    private static RuntimeConf conf(String id) {
        return RuntimeConf.of(id, netnsOf(id).toString(), "eth0");
    }

    /** The name of a pod's namespace. */
    static Path netnsOf(String id) {
        return Path.of("/run/netns", "kakehashi-test-" + ProcessHandle.current().pid() + "-" + id);
    }

    @Override
    public String find(String type, List<String> folders) throws CniException {
        return PluginFinder.find(type, folders);
    }

    /** In the node's namespace, with nothing of the machine's own installation in sight. */
    @Override
    public ExecOutcome run(String binary, Map<String, String> environment, byte[] stdin)
            throws CniException {
        ProcessBuilder builder = new ProcessBuilder(way.command(List.of(binary)));
        builder.environment().clear();
        builder.environment().put("PATH", System.getenv("PATH"));
        builder.environment().put("KAKEHASHI_SOCKET", socket().toString());
        builder.environment().put("KAKEHASHI_STATE", state().toString());
        builder.environment().put("KAKEHASHI_HOME", DIST.toString());
        builder.environment().putAll(environment);
        try {
            Process front = netns.<Process, IOException>call(builder::start);
            try (OutputStream input = front.getOutputStream()) {
                input.write(stdin);
            }
            byte[] stdout = front.getInputStream().readAllBytes();
            byte[] stderr = front.getErrorStream().readAllBytes();
            return new ExecOutcome(front.onExit().join().exitValue(), stdout, stderr);
        } catch (IOException e) {
            throw new CniException(CniException.INTERNAL, String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public void close() throws IOException {
        agent.destroyForcibly().onExit().join();
        for (Path name : named) {
            Netns.unpin(name);
        }
    }
}
