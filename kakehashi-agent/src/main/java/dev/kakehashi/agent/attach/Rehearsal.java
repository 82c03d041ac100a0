package dev.kakehashi.agent.attach;

import dev.kakehashi.agent.status.CallTimes;
import dev.kakehashi.linux.Fcntl;
import dev.kakehashi.linux.Fd;
import dev.kakehashi.linux.SysStat;
import dev.kakehashi.linux.UnixSocket;
import dev.kakehashi.linux.netns.Netns;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Attaches a container and removes it again, all the way from a socket to the kernel, on a host
 * that nobody sees: in namespaces without a name, with a journal and addresses of its own. The
 * first pod of a node then does not wait for classes to be loaded, linked and compiled.
 */
final class Rehearsal {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** Whatever is done twenty times is compiled; a round does most things several times. */
    private static final int ROUNDS = 8;

    private final Path directory;
    private final Path socket;

    private Rehearsal(Path directory) {
        this.directory = directory;
        this.socket = directory.resolve("sock");
    }

    /**
     * Rehearses with the plugins of an agent.
     *
     * @param directory made, and gone when this returns
     * @throws IOException when namespaces cannot be made here, or an attachment fails
     */
    static void run(PluginRegistry plugins, OwnProcess own, Path directory) throws IOException {
        remove(directory);
        Files.createDirectories(
                directory.resolve("cni"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        try (NodeState state =
                NodeState.open(directory, directory.resolve("made"), own.netnsId())) {
            PluginRun run = new PluginRun(plugins);
            Calls calls = new Calls(run, state, Recovery.ofAgent(run, state, own));
            Rehearsal rehearsal = new Rehearsal(directory);
            try (AttachServer server =
                    AttachServer.start(
                            rehearsal.socket,
                            new RequestHandler(
                                    calls,
                                    own,
                                    () -> false,
                                    new CallTimes(), // those are not calls of anybody
                                    AgentQuestions.NONE),
                            () -> Thread.currentThread().setName("rehearsal"))) {
                rehearsal.attachAndDetach();
                server.awaitQuiet(Deadline.in(PATIENCE));
            }
        } finally {
            remove(directory);
        }
    }

    private void attachAndDetach() throws IOException {
        // What is found in CNI_PATH is our own plugin when it is the file that calls.
        Files.createSymbolicLink(directory.resolve("cni/host-local"), Path.of("/proc/self/exe"));
        try (Netns host = Netns.create();
                Netns container = Netns.create();
                Fd root = Fcntl.open("/", Fcntl.O_PATH, 0)) {
            List<Fd> descriptors = List.of(host.fd(), root, container.fd());
            for (int round = 0; round < ROUNDS; round++) {
                String result = call("bridge", "ADD", "eth0", bridge(""), descriptors);
                call("bridge", "CHECK", "eth0", bridge(", \"prevResult\": " + result), descriptors);
                call("bridge", "DEL", "eth0", bridge(""), descriptors);
                call("loopback", "ADD", "lo", LOOPBACK, descriptors);
                call("loopback", "DEL", "lo", LOOPBACK, descriptors);
            }
        }
    }

    private static final String LOOPBACK =
            "{\"cniVersion\": \"1.0.0\", \"name\": \"rehearsal\", \"type\": \"loopback\"}";

    private String bridge(String more) {
        return """
        {"cniVersion": "1.0.0", "name": "rehearsal", "type": "bridge", "bridge": "br0",
         "isGateway": true, "ipam": {"type": "host-local", "dataDir": "%s",
         "ranges": [[{"subnet": "192.0.2.0/24"}]], "routes": [{"dst": "0.0.0.0/0"}]}%s}
        """
                .formatted(directory, more);
    }

    private String call(
            String plugin, String command, String ifName, String config, List<Fd> descriptors)
            throws IOException {
        Map<String, String> environment = new HashMap<>();
        environment.put("CNI_COMMAND", command);
        environment.put("CNI_CONTAINERID", "rehearsal");
        environment.put("CNI_NETNS", "/proc/self/ns/net");
        environment.put("CNI_IFNAME", ifName);
        environment.put("CNI_PATH", directory.resolve("cni").toString());
        SysStat.Status executable = SysStat.stat("/proc/self/exe");
        AttachRequest request =
                new AttachRequest(
                        plugin,
                        Environment.of(environment),
                        config.getBytes(StandardCharsets.UTF_8),
                        Deadline.in(PATIENCE),
                        new RequestId(0, System.nanoTime()),
                        Optional.of(new FileId(executable.device(), executable.inode())),
                        "/",
                        0);
        UnixSocket connection = UnixSocket.connect(socket);
        try (FrameChannel channel = new FrameChannel(connection)) {
            connection.send(request.encode(Protocol.VERSION, new byte[] {1, 2, 3}), descriptors);
            Frame frame = channel.receive(Deadline.in(PATIENCE));
            Answer answer = Answer.decode(frame);
            if (answer.exitStatus() != 0) {
                throw new IOException(
                        "the rehearsal of "
                                + command
                                + " failed: "
                                + CniErrors.oneLine(answer.stdout()));
            }
            return new String(answer.stdout(), StandardCharsets.UTF_8);
        }
    }

    /** Of this run, or of one that was killed. */
    private static void remove(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return;
        }
        List<Path> deepestFirst;
        try (Stream<Path> all = Files.walk(directory)) {
            deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : deepestFirst) {
            Files.delete(path);
        }
    }
}
