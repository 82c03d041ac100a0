package dev.kakehashi.plugins.firewall;

import static org.assertj.core.api.Assumptions.assumeThat;

import dev.kakehashi.linux.dbus.SystemBus;
import dev.kakehashi.linux.netns.Netns;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The distribution's firewalld in a namespace, with a message bus, a configuration and a log of its
 * own. Interfaces are in its zone {@code block}; the zone {@code containers} accepts everything.
 */
final class FirewalldDaemon implements AutoCloseable {

    private static final Path FILES =
            Path.of(System.getProperty("kakehashi.peers", ""), "firewalld");

    /** Not whichever comes first: the bindings of D-Bus are those of the distribution's. */
    private static final Path PYTHON = Path.of("/usr/bin/python3");

    private static final String NAME = "org.fedoraproject.FirewallD1";
    private static final String PATH = "/org/fedoraproject/FirewallD1";
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private static final String SETTINGS =
            """
            DefaultZone=block
            FirewallBackend=nftables
            """;

    private static final String ZONE =
            """
            <?xml version="1.0" encoding="utf-8"?>
            <zone target="ACCEPT"/>
            """;

    private final Path folder;
    private final Process bus;
    private final Process daemon;

    private FirewalldDaemon(Path folder, Process bus, Process daemon) {
        this.folder = folder;
        this.bus = bus;
        this.daemon = daemon;
    }

    /**
     * Starts both, and returns when firewalld has set its rules. The test is skipped where it is
     * not installed.
     */
    static FirewalldDaemon start(Netns netns, Path folder) throws Exception {
        Path program = FILES.resolve("usr/sbin/firewalld");
        assumeThat(program).as("firewalld is below the folder -Dkakehashi.peers").exists();
        Path config = Files.createDirectories(folder.resolve("config"));
        Files.createDirectory(config.resolve("zones"));
        Files.writeString(config.resolve("firewalld.conf"), SETTINGS);
        Files.writeString(config.resolve("zones/containers.xml"), ZONE);
        Files.writeString(
                folder.resolve("bus.conf"),
                """
                <busconfig>
                  <type>system</type>
                  <listen>unix:path=%s</listen>
                  <auth>EXTERNAL</auth>
                  <policy context="default">
                    <allow user="*"/>
                    <allow own="*"/>
                    <allow send_destination="*"/>
                    <allow receive_sender="*"/>
                  </policy>
                </busconfig>
                """
                        .formatted(folder.resolve("bus")));
        Process bus =
                start(
                        netns,
                        folder,
                        "dbus-daemon",
                        "--nofork",
                        "--nopidfile",
                        "--config-file=" + folder.resolve("bus.conf"));
        await(() -> Files.exists(folder.resolve("bus")), bus, folder);
        Process daemon =
                start(
                        netns,
                        folder,
                        PYTHON.toString(),
                        program.toString(),
                        "--nofork",
                        "--nopid",
                        "--log-target",
                        "console",
                        "--default-config",
                        FILES.resolve("usr/lib/firewalld").toString(),
                        "--system-config",
                        config.toString());
        FirewalldDaemon started = new FirewalldDaemon(folder, bus, daemon);
        try {
            await(started::isOnBus, daemon, folder);
            // It answers when all its rules are there.
            started.call(NAME, "getDefaultZone");
            return started;
        } catch (Exception | AssertionError e) {
            started.close();
            throw e;
        }
    }

    private static Process start(Netns netns, Path folder, String... command) throws IOException {
        return netns.<Process, IOException>call(() -> {
            ProcessBuilder builder =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(
                                    ProcessBuilder.Redirect.appendTo(
                                            folder.resolve("log").toFile()));
            builder.environment().put("DBUS_SYSTEM_BUS_ADDRESS", address(folder));
            builder.environment()
                    .put("PYTHONPATH", FILES.resolve("usr/lib/python3/dist-packages").toString());
            builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
            return builder.start();
        });
    }

    private interface Condition {
        boolean holds() throws IOException;
    }

    private static void await(Condition condition, Process process, Path folder) throws Exception {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!condition.holds()) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw new AssertionError(Files.readString(folder.resolve("log")));
            }
            Thread.sleep(10);
        }
    }

    private static String address(Path folder) {
        return "unix:path=" + folder.resolve("bus");
    }

    /** DBUS_SYSTEM_BUS_ADDRESS of its clients. */
    String address() {
        return address(folder);
    }

    private boolean isOnBus() throws IOException {
        try (SystemBus connection = SystemBus.connect(folder.resolve("bus"))) {
            return connection.hasOwner(NAME);
        }
    }

    /** Calls a method of one of its interfaces. */
    List<Object> call(String iface, String method, String... arguments) throws IOException {
        try (SystemBus connection = SystemBus.connect(folder.resolve("bus"))) {
            return connection.call(NAME, PATH, iface, method, arguments);
        }
    }

    /** Equivalent to: {@code firewall-cmd --zone=ZONE --query-source=SOURCE}. */
    boolean has(String zone, String source) throws IOException {
        return call(NAME + ".zone", "querySource", zone, source).contains(true);
    }

    /** Equivalent to: {@code firewall-cmd --zone=ZONE --add-source=SOURCE}. */
    void bind(String zone, String source) throws IOException {
        call(NAME + ".zone", "addSource", zone, source);
    }

    /** Equivalent to: {@code firewall-cmd --reload}. */
    void reload() throws IOException {
        call(NAME, "reload");
    }

    @Override
    public void close() {
        for (Process process : List.of(daemon, bus)) {
            process.destroy();
            try {
                if (!process.waitFor(10, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
    }
}
