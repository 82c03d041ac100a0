package dev.kakehashi.agent.attach;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The files of an installation (home/cni/TYPE, home/bin/kakehashi-agent) and all that its programs
 * keep, in one directory: the front binary of the build, and the agent of the classes under test.
 */
record Installation(Path directory) {
    private static final Path DIST = Path.of(System.getProperty("kakehashi.dist", "dist"));
    private static final Path FRONT = DIST.resolve("cni/bridge");
    private static final List<String> PLUGINS =
            List.of(
                    "bandwidth",
                    "bridge",
                    "dhcp",
                    "dummy",
                    "firewall",
                    "host-device",
                    "host-local",
                    "ipvlan",
                    "loopback",
                    "macvlan",
                    "portmap",
                    "ptp",
                    "sbr",
                    "static",
                    "tap",
                    "tuning",
                    "vlan",
                    "vrf");

    /**
     * Makes one.
     *
     * @param directory short enough for a socket below it
     */
    static Installation make(Path directory) throws IOException {
        assumeTrue(
                Files.isExecutable(FRONT), "needs the front binary in " + FRONT + ": make build");
        Installation made = new Installation(directory);
        Path cni = Files.createDirectories(made.cni());
        Path first = Files.copy(FRONT, cni.resolve(PLUGINS.getFirst()));
        for (String plugin : PLUGINS.subList(1, PLUGINS.size())) {
            Files.createLink(cni.resolve(plugin), first);
        }
        Files.createDirectories(made.agent().getParent());
        script(
                made.agent(),
                """
                #!/bin/sh
                echo start >>%s
                export CLASSPATH='%s'
                exec %s -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx64m -Xss256k \\
                    --enable-native-access=ALL-UNNAMED -Dkakehashi.downcall=%s \\
                    ${KAKEHASHI_JAVA_OPTS:-} dev.kakehashi.agent.AgentMain "$@"
                """
                        .formatted(
                                made.starts(),
                                classPath(),
                                Path.of(System.getProperty("java.home"), "bin/java"),
                                DIST.resolve("lib/libkakehashi-downcall.so").toAbsolutePath()));
        return made;
    }

    /**
     * Absolute, because an agent on demand works in the root directory. In a variable, because
     * {@link ProcessHandle} knows no arguments of a process whose command line is longer than a
     * page, and {@link Agents#running} looks for agents by them.
     */
    private static String classPath() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }

    static void script(Path path, String text) throws IOException {
        Files.writeString(path, text);
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** Puts a binary of others in the place of a plugin of ours. */
    void replace(String plugin, Path binary) throws IOException {
        Path own = cni().resolve(plugin);
        Files.delete(own);
        Files.copy(binary, own, StandardCopyOption.COPY_ATTRIBUTES);
    }

    private Path home() {
        return directory.resolve("home");
    }

    Path cni() {
        return home().resolve("cni");
    }

    /** The program. */
    Path agent() {
        return home().resolve("bin/kakehashi-agent");
    }

    Path socket() {
        return directory.resolve("run/agent.sock");
    }

    private Path starts() {
        return directory.resolve("starts");
    }

    /** How many agents and one-shot runs were started. */
    int started() throws IOException {
        return Files.exists(starts()) ? Files.readAllLines(starts()).size() : 0;
    }

    Path logFile() {
        return directory.resolve("agent.log");
    }

    /** Where {@code host-local} reserves. */
    Path addresses() {
        return directory.resolve("addresses");
    }

    /** Where an agent writes down what it is about to do. */
    Path journal() {
        return directory.resolve("state/attach/journal");
    }

    /** What tells agents and front binaries where all this is. */
    Map<String, String> settings() {
        return Map.of(
                "KAKEHASHI_SOCKET", socket().toString(),
                "KAKEHASHI_STATE", directory.resolve("state").toString(),
                "KAKEHASHI_HOME", home().toString(),
                "KAKEHASHI_LOG", logFile().toString(),
                "KAKEHASHI_IDLE", "60",
                "KAKEHASHI_TIMEOUT", "90");
    }
}
