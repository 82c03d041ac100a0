package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.agent.bird.BgpSession;
import dev.kakehashi.agent.bird.BirdControl;
import dev.kakehashi.agent.bird.BirdFiles;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.store.etcd.EtcdServer;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;
import dev.kakehashi.testing.UdpFlow;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A node of {@code bgp} whose agent starts while its etcd is gone: by what it last knew it runs
 * BIRD as before. With the programs of the build, real BIRDs and SIGKILL.
 */
@KernelTest
@Tag("peers")
class LastViewBgpPeersTest {
    private static final String STORE = "192.0.2.200";
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
    private final List<AutoCloseable> open = new ArrayList<>();
    private final List<ProgramNode> nodes = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : open.reversed()) {
            one.close();
        }
        for (int i = 1; i <= nodes.size(); i++) {
            Speakers.kill(pidFile(i));
        }
    }

    private Path state(int node) {
        return directory.resolve("n" + node + "/state");
    }

    private Path pidFile(int node) {
        return state(node).resolve("bgp/bird.pid");
    }

    private static ProgramNode.Way way(Path varLib) throws IOException {
        return new ProgramNode.Way(
                "pods",
                List.of("--bird", Speakers.bird().toString()),
                Optional.of(Files.createDirectories(varLib)));
    }

    private EtcdServer start(TestNamespaces namespaces) throws Exception {
        Segment segment = Segment.make(namespaces);
        Netns storeHost = segment.stranger();
        NodesBed.sh(storeHost, "ip addr add " + STORE + "/24 dev eth0");
        EtcdServer etcd =
                EtcdServer.start(
                        Files.createDirectories(directory.resolve("etcd")), storeHost, STORE);
        open.add(etcd);
        etcd.control("put", "/kakehashi/networks/pods", NETWORK);
        etcd.control("put", "/kakehashi/bgppeers/first", PEER);
        etcd.control("put", "/kakehashi/nodes/node-1", FIRST);
        for (int i = 1; i <= 2; i++) {
            Netns host = segment.stranger();
            NodesBed.sh(host, "ip addr add 192.0.2.%d/24 dev eth0".formatted(i));
            ProgramNode node =
                    ProgramNode.start(
                            "node-" + i,
                            host,
                            directory.resolve("n" + i),
                            "etcd://" + etcd.authority(),
                            way(directory.resolve("lib" + i)));
            open.add(node);
            nodes.add(node);
        }
        for (ProgramNode node : nodes) {
            NodesBed.await(
                    "the configuration of " + node.name(), () -> !node.configuration().isEmpty());
        }
        return etcd;
    }

    @Test
    void agentThatStartsWithoutItsStore_speaksBgpAsBefore(TestNamespaces namespaces)
            throws Exception {
        EtcdServer etcd = start(namespaces);
        ProgramNode first = nodes.getFirst();
        ProgramNode node = nodes.getLast();
        ProgramNode.Pod there = first.add("there", namespaces.create());
        ProgramNode.Pod here = node.add("here", namespaces.create());
        reaches(here, there);
        String route = routeTo(there);
        NodesBed.await("the view of node-2", () -> knows(node));

        etcd.kill();
        node.kill();
        Speakers.kill(pidFile(2));
        Files.delete(state(2).resolve("bgp/bird.conf"));
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
        reaches(here, there);
        assertThat(TestNamespaces.run(node.netns(), "ip", "route"))
                .contains(route + " via 192.0.2.1 dev eth0 proto bird", "blackhole ");
        assertThat(NodesBed.has(node.netns(), "nft list tables", "inet kakehashi")).isTrue();
        ProgramNode.Pod later = node.add("later", namespaces.create());
        reaches(later, there);

        long bird = Speakers.pid(pidFile(2));
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
        assertThat(Speakers.pid(pidFile(2))).as("the same BIRD").isEqualTo(bird);
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
        try (BirdControl control = BirdControl.connect(BirdFiles.of(state(node)).socket())) {
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

    private static void reaches(ProgramNode.Pod from, ProgramNode.Pod to) throws Exception {
        String ping = "ping -c 1 -W 1 " + text(to) + " || true";
        NodesBed.await(
                from.text() + " to reach " + to.text(),
                () -> NodesBed.has(from.netns(), ping, " 0% packet loss"));
    }
}
