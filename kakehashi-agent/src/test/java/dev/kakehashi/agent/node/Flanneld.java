package dev.kakehashi.agent.node;

import dev.kakehashi.linux.netns.Netns;

import org.junit.jupiter.api.Assumptions;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Flannel on a node: its own back ends and subnet manager, built by scripts/peers/setup.sh. */
final class Flanneld {
    private static final Path PROGRAM =
            Path.of(System.getProperty("kakehashi.peers", ""), "flannel", "flanneld");
    private static final int PATIENCE_SECONDS = 10;

    private final Process process;
    private final NetnsRelay relay;

    private Flanneld(Process process, NetnsRelay relay) {
        this.process = process;
        this.relay = relay;
    }

    /**
     * Starts it on a node and waits until it has told its subnet.
     *
     * @param directory for its files
     * @param etcd port of etcd in the namespace of this process
     */
    static Flanneld start(Netns node, Path directory, int etcd) throws Exception {
        Assumptions.assumeTrue(
                Files.isExecutable(PROGRAM), "no " + PROGRAM + ": scripts/peers/setup.sh");
        Files.createDirectories(directory);
        Path subnetFile = directory.resolve("subnet.env");
        Files.deleteIfExists(subnetFile);
        NetnsRelay relay = NetnsRelay.start(node, etcd);
        ProcessBuilder program =
                new ProcessBuilder(
                                PROGRAM.toString(),
                                "--etcd-endpoints=http://127.0.0.1:" + relay.port(),
                                "--iface=eth0",
                                "--subnet-file=" + subnetFile,
                                "--ip-masq")
                        .redirectErrorStream(true)
                        .redirectOutput(
                                ProcessBuilder.Redirect.appendTo(
                                        directory.resolve("log").toFile()));
        Flanneld started = new Flanneld(node.<Process, IOException>call(program::start), relay);
        NodesBed.await(
                "flanneld, see " + directory,
                () -> Files.exists(subnetFile) || !started.process.isAlive());
        if (!started.process.isAlive()) {
            started.end();
            throw new AssertionError(Files.readString(directory.resolve("log")));
        }
        return started;
    }

    /** Ends it as an operator does; what it made stays. */
    void end() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
        relay.close();
    }
}
