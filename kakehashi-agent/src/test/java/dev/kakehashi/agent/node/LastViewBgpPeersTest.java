package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.agent.bird.BgpSession;
import dev.kakehashi.agent.bird.BirdControl;
import dev.kakehashi.agent.bird.BirdFiles;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.store.etcd.EtcdServer;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;
import dev.kakehashi.testing.UdpFlow;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A node of {@code bgp} whose agent starts while its etcd is gone: by what it last knew it runs
 * BIRD as before. With the programs of the build, real BIRDs and SIGKILL.
 */
@KernelTest
@Tag("peers")
class LastViewBgpPeersTest {
    private static final String NETWORK =
            """
            {"apiVersion": "kakehashi.dev/v1alpha1", "kind": "Network",
             "metadata": {"name": "pods"},
             "spec": {"cidrs": ["10.244.0.0/16"], "carrier": "bgp", "bgp": {"nodeMesh": false}}}
            """;

    /** The view must have more than Nodes: without this one no node speaks to another. */
    private static final String PEER =
            """
            {"apiVersion": "kakehashi.dev/v1alpha1", "kind": "BGPPeer",
             "metadata": {"name": "first"},
             "spec": {"network": "pods", "peerSelector": {"matchLabels": {"first": "yes"}}}}
            """;

    private static final String FIRST =
            """
            {"apiVersion": "v1", "kind": "Node",
             "metadata": {"name": "node-1", "labels": {"first": "yes"}}}
            """;

    @TempDir Path directory;

    @RegisterExtension
    final EtcdNodesBed bed =
            new EtcdNodesBed(
                    () -> directory,
                    2,
                    Map.of("networks/pods", NETWORK, "bgppeers/first", PEER, "nodes/node-1", FIRST),
                    node -> way(directory.resolve("lib" + node)));

    private static ProgramNode.Way way(Path varLib) throws IOException {
        return new ProgramNode.Way(
                "pods",
                List.of("--bird", Speakers.bird().toString()),
                Optional.of(Files.createDirectories(varLib)));
    }

    @Test
    void agentThatStartsWithoutItsStore_speaksBgpAsBefore() throws Exception {
        EtcdServer etcd = bed.etcd();
        ProgramNode node = bed.nodes().getLast();
        ProgramNode.Pod there = bed.add(bed.nodes().getFirst());
        ProgramNode.Pod here = bed.add(node);
        EtcdNodesBed.reaches(here, there);
        String route = routeTo(there);
        NodesBed.await("the view of node-2", () -> knows(node));

        etcd.kill();
        node.kill();
        Speakers.kill(bed.pidFile(2));
        Files.delete(bed.state(2).resolve("bgp/bird.conf"));
        NodesBed.sh(
                node.netns(),
                "ip route del %s; ip route del blackhole $(%s); nft delete table inet kakehashi"
                        .formatted(route, "ip route show type blackhole | cut -d' ' -f2"));
        node.startAgain();

        NodesBed.await("the agent that started", node::isReady);
        NodesBed.await(
                "what it goes by", () -> node.ready().contains("the node is as it was last known"));
        assertThat(node.ready()).contains("[!]store");
        NodesBed.await("its session", () -> isEstablished(2));
        EtcdNodesBed.reaches(here, there);
        assertThat(TestNamespaces.run(node.netns(), "ip", "route"))
                .contains(route + " via 192.0.2.1 dev eth0 proto bird", "blackhole ");
        assertThat(NodesBed.has(node.netns(), "nft list tables", "inet kakehashi")).isTrue();
        ProgramNode.Pod later = bed.add(node);
        EtcdNodesBed.reaches(later, there);

        long bird = Speakers.pid(bed.pidFile(2));
        List<UdpFlow> flows =
                List.of(
                        UdpFlow.start(here.netns(), there.netns(), text(there)),
                        UdpFlow.start(there.netns(), here.netns(), text(here)));
        etcd.restart();
        NodesBed.await("the store", () -> !node.ready().contains("[!]"));
        NodesBed.await(
                "what node-2 tells of its session",
                () ->
                        etcd.control("get", "--print-value-only", "/kakehashi/nodes/node-2")
                                .contains("1 of 1 sessions"));
        UdpFlow.endWithoutLoss(flows);
        assertThat(Speakers.pid(bed.pidFile(2))).as("the same BIRD").isEqualTo(bird);
    }

    /** Whether a node has written down who the first one is, and that it is to speak to it. */
    private static boolean knows(ProgramNode node) throws IOException {
        try {
            LastView view = node.lastView();
            return !view.peers().isEmpty()
                    && view.cluster().nodes().stream()
                            .anyMatch(one ->
                                    one.name().equals("node-1") && !one.podCidrs().isEmpty());
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private boolean isEstablished(int node) {
        try (BirdControl control = BirdControl.connect(BirdFiles.of(bed.state(node)).socket())) {
            return control.sessions().stream().anyMatch(BgpSession::isEstablished);
        } catch (IOException e) {
            return false; // not yet at its socket
        }
    }

    private static String text(ProgramNode.Pod pod) {
        return IpAddresses.format(pod.address());
    }

    /** The subnet that a pod's address is of. */
    private static String routeTo(ProgramNode.Pod pod) {
        String address = text(pod);
        return address.substring(0, address.lastIndexOf('.')) + ".0/24";
    }
}
