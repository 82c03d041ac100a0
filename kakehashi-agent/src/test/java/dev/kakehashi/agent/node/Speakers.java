package dev.kakehashi.agent.node;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.Assumptions;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** The speakers of BGP that the distribution has, unpacked by scripts/peers/setup.sh. */
final class Speakers {
    private static final Path PEERS = Path.of(System.getProperty("kakehashi.peers", ""));

    private Speakers() {}

    static Path bird() {
        return executable(PEERS.resolve("bird/bird"));
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
        for (String daemon : new String[] {"zebra", "bgpd"}) {
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

    static long pid(Path file) throws IOException {
        return Long.parseLong(Files.readString(file).strip());
    }

    /** Ends the daemon whose process id is in a file, if it is there. */
    static void kill(Path pidFile) {
        try {
            if (Files.exists(pidFile)) {
                ProcessHandle.of(pid(pidFile)).ifPresent(Speakers::end);
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void end(ProcessHandle process) {
        process.destroyForcibly();
        process.onExit().orTimeout(5, TimeUnit.SECONDS).join();
    }
}
