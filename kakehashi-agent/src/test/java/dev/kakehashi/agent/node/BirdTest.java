package dev.kakehashi.agent.node;

import dev.kakehashi.agent.bird.BgpSession;
import dev.kakehashi.agent.bird.BirdControl;
import dev.kakehashi.agent.bird.BirdFiles;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** Nodes with real agents and BIRDs, all of which end with the test. */
@KernelTest
abstract class BirdTest {
    @TempDir Path directory;
    private @Nullable NodesBed open;

    /**
     * The nodes of this test.
     *
     * @param network more fields of the Network's spec
     */
    final NodesBed bed(TestNamespaces namespaces, Families families, String network)
            throws Exception {
        NodesBed bed = new NodesBed(namespaces, directory.resolve("store"), families);
        open = bed;
        bed.bird(Speakers.bird().toString());
        bed.network(network);
        return bed;
    }

    @AfterEach
    void endAll() throws Exception {
        if (open != null) {
            open.close();
            for (int i = 1; i <= open.count(); i++) {
                Speakers.kill(pidFile(open, i));
            }
        }
    }

    /** Where a node's BIRD tells its process. */
    static Path pidFile(NodesBed bed, int node) {
        return bed.stateDirectory(node).resolve("bgp/bird.pid");
    }

    /** What a node's BIRD says of its sessions. */
    static List<BgpSession> sessions(NodesBed bed, int node) throws IOException {
        Path socket = BirdFiles.of(bed.stateDirectory(node)).socket();
        try (BirdControl control = BirdControl.connect(socket)) {
            return control.sessions();
        }
    }

    /** Waits until a node says that it has so many sessions, all of them established. */
    static void awaitSessions(NodesBed bed, int node, int count) throws Exception {
        NodesBed.await(
                count + " sessions of node " + node,
                () ->
                        bed.record(node).contains(count + " of " + count + " sessions")
                                && bed.record(node).contains("reason: Established"));
    }

    /** Writes a BGPPeer of the Network into the directory store. */
    final void peer(String name, String spec) throws IOException {
        Path folder = Files.createDirectories(directory.resolve("store/bgppeers"));
        Path fresh = folder.resolve("." + name + ".new");
        Files.writeString(
                fresh,
                """
                apiVersion: kakehashi.dev/v1alpha1
                kind: BGPPeer
                metadata:
                  name: %s
                spec: {network: pods, %s}
                """
                        .formatted(name, spec));
        Files.move(fresh, folder.resolve(name + ".yaml"), StandardCopyOption.ATOMIC_MOVE);
    }
}
