package dev.kakehashi.agent.node;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.Assumptions;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The speakers of BGP that the distribution has, unpacked by scripts/peers/setup.sh. */
final class Speakers {
    private static final Path PEERS = Path.of(System.getProperty("kakehashi.peers", ""));

    private static final int VTY_RESULT = 4;

    private static final List<String> FRR_DAEMONS = List.of("zebra", "bfdd", "bgpd");

    private Speakers() {}

    static Path bird() {
        return executable(PEERS.resolve("bird/bird"));
    }

    /** Runs BIRD as a container or a service manager does, beside an agent of {@code node}. */
    static Process runBird(Netns node, Path directory) throws IOException {
        Path folder = bird().resolveSibling("");
        ProcessBuilder builder =
                new ProcessBuilder(
                                Path.of("../deploy/bird/kakehashi-bird").toAbsolutePath() + "",
                                directory.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(directory.resolveSibling("bird.out").toFile());
        builder.environment()
                .compute("PATH", (_, path) -> folder + ":" + folder.resolve("usr/sbin:") + path);
        return node.<Process, IOException>call(builder::start);
    }

    /** What a BIRD says to a command. */
    static String birdc(Path socket, String command) throws IOException {
        Path program = executable(bird().resolveSibling("usr/sbin/birdcl"));
        return new String(
                new ProcessBuilder(program.toString(), "-s", socket.toString(), command)
                        .start()
                        .getInputStream()
                        .readAllBytes(),
                StandardCharsets.UTF_8);
    }

    private static Path executable(Path program) {
        Assumptions.assumeTrue(
                Files.isExecutable(program), "no " + program + ": scripts/peers/setup.sh");
        return program;
    }

    /** A router with FRR: {@code bgp} are lines of its {@code router bgp}. */
    static void frr(Netns router, Path directory, long asNumber, String bgp) throws IOException {
        Path program = executable(PEERS.resolve("frr/frr"));
        Files.createDirectories(directory);
        Path configuration = directory.resolve("frr.conf");
        Files.writeString(
                configuration,
                "hostname tor\nrouter bgp %d\n no bgp ebgp-requires-policy\n%s"
                        .formatted(asNumber, bgp.indent(1)));
        for (String daemon : FRR_DAEMONS) {
            var _ =
                    TestNamespaces.run(
                            router,
                            "sh",
                            "-ec",
                            "%s %s -d -f %s -i %s -z %s --vty_socket %s -P 0 --log file:%s >%s 2>&1"
                                    .formatted(
                                            program,
                                            daemon,
                                            configuration,
                                            directory.resolve(daemon + ".pid"),
                                            directory.resolve("zserv.api"),
                                            directory,
                                            directory.resolve(daemon + ".log"),
                                            directory.resolve(daemon + ".out")));
        }
    }

    /**
     * What bgpd of a router that {@link #frr} started says to a command: on its terminal socket, as
     * vtysh does (FRR, lib/vty.c: after the text three zeros and the result).
     */
    static String bgpd(Path directory, String command) throws IOException {
        var address = UnixDomainSocketAddress.of(directory.resolve("bgpd.vty"));
        try (SocketChannel channel = SocketChannel.open(address)) {
            channel.write(ByteBuffer.wrap((command + '\0').getBytes(StandardCharsets.UTF_8)));
            ByteBuffer reply = ByteBuffer.allocate(1 << 16);
            while (channel.read(reply) > 0) {
                int text = reply.position() - VTY_RESULT;
                if (text >= 0 && reply.getInt(text) >>> Byte.SIZE == 0) {
                    return new String(reply.array(), 0, text, StandardCharsets.UTF_8);
                }
            }
            throw new IOException("bgpd ended while it answered " + command);
        }
    }

    /** Ends the daemons of a router that {@link #frr} started. */
    static void killFrr(Path directory) throws Exception {
        for (String daemon : FRR_DAEMONS) {
            kill(directory.resolve(daemon + ".pid"));
        }
    }

    /** A router of the fabric with BIRD, its control socket {@code bird.ctl} in a directory. */
    static void bird(Netns router, Path directory, String configuration) throws IOException {
        Files.createDirectories(directory);
        Path file = directory.resolve("bird.conf");
        Files.writeString(
                file,
                "log \"%s\" all;\nprotocol device { }\n%s"
                        .formatted(directory.resolve("bird.log"), configuration));
        var _ =
                TestNamespaces.run(
                        router,
                        bird().toString(),
                        "-c",
                        file.toString(),
                        "-s",
                        directory.resolve("bird.ctl").toString(),
                        "-P",
                        directory.resolve("bird.pid").toString());
    }

    /** The process id in a file; 0 while it is being written. */
    static long pid(Path file) throws IOException {
        String text = Files.readString(file).strip();
        return text.isEmpty() ? 0 : Long.parseLong(text);
    }

    /** Ends the daemon whose process id is in a file, if it is there. */
    static void kill(Path pidFile) throws Exception {
        if (Files.exists(pidFile)) {
            long daemon = pid(pidFile);
            ProcessHandle.of(daemon).ifPresent(ProcessHandle::destroyForcibly);
            NodesBed.await("the end of " + pidFile, () -> !runs(daemon));
        }
    }

    /**
     * Whether a process has more than its exit status left, for which nobody may ask for seconds
     * (proc(5), stat: the state stands behind the name in parentheses).
     */
    static boolean runs(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            char state = stat.charAt(stat.lastIndexOf(')') + 2);
            return state != 'Z' && state != 'X';
        } catch (IOException e) {
            return false;
        }
    }
}
