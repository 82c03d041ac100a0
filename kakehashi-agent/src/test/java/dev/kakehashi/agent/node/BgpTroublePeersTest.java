package dev.kakehashi.agent.node;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.store.etcd.EtcdServer;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What people are told of a session that does not stand where there is no Kubernetes: in etcd, and
 * in the agent's log. The agent is that of the build, the router FRR.
 */
@KernelTest
@Tag("peers")
class BgpTroublePeersTest {
    private static final String STORE = "192.0.2.200";
    private static final String NETWORK =
            """
            {"apiVersion": "kakehashi.dev/v1alpha1", "kind": "Network",
             "metadata": {"name": "pods"},
             "spec": {"cidrs": ["10.244.0.0/16"], "carrier": "bgp"}}
            """;
    private static final String PEER =
            """
            {"apiVersion": "kakehashi.dev/v1alpha1", "kind": "BGPPeer",
             "metadata": {"name": "tor"},
             "spec": {"network": "pods", "peerAddress": "192.0.2.254", "peerAsNumber": %d,
                      "passwordFile": "tor"}}
            """;
    private static final String ROUTER =
            """
            neighbor 192.0.2.1 remote-as 64512
            neighbor 192.0.2.1 password s3cret
            neighbor 192.0.2.1 timers connect 2
            """;

    @TempDir Path directory;
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : open.reversed()) {
            one.close();
        }
        Speakers.kill(directory.resolve("n1/state/bgp/bird.pid"));
        Speakers.killFrr(directory.resolve("frr"));
    }

    private static Netns host(Segment segment, String address) throws Exception {
        Netns host = segment.stranger();
        NodesBed.sh(host, "ip addr add " + address + "/24 dev eth0");
        return host;
    }

    @Test
    void wrongPasswordAndWrongAs_areInTheStoreAndInTheLog(TestNamespaces namespaces)
            throws Exception {
        Segment segment = Segment.make(namespaces);
        EtcdServer etcd =
                EtcdServer.start(
                        Files.createDirectories(directory.resolve("etcd")),
                        host(segment, STORE),
                        STORE);
        open.add(etcd);
        etcd.control("put", "/kakehashi/networks/pods", NETWORK);
        etcd.control("put", "/kakehashi/bgppeers/tor", PEER.formatted(64513));
        Speakers.frr(host(segment, "192.0.2.254"), directory.resolve("frr"), 64513, ROUTER);
        Path passwords = Files.createDirectories(directory.resolve("n1/state/bgp/passwords"));
        Files.writeString(passwords.resolve("tor"), "other\n");
        ProgramNode node =
                ProgramNode.start(
                        "node-1",
                        host(segment, "192.0.2.1"),
                        directory.resolve("n1"),
                        "etcd://" + etcd.authority(),
                        new ProgramNode.Way(
                                "pods",
                                List.of("--bird", Speakers.bird().toString()),
                                Optional.empty()));
        open.add(node);

        String noAnswer = "no answer at TCP port 179: is the password the same on both sides?";
        awaitDown(etcd, node, noAnswer, 1);

        Files.writeString(passwords.resolve("tor"), "s3cret\n");
        awaitEstablished(etcd, node, 1);

        etcd.control("put", "/kakehashi/bgppeers/tor", PEER.formatted(64999));
        awaitDown(etcd, node, "it is of another AS than 64999", 1);

        etcd.control("put", "/kakehashi/bgppeers/tor", PEER.formatted(64513));
        awaitEstablished(etcd, node, 2);
    }

    private static void awaitDown(EtcdServer etcd, ProgramNode node, String why, int times)
            throws Exception {
        NodesBed.await(
                "the Node to say " + why,
                () ->
                        value(etcd, "nodes/node-1").contains("BGPPeer tor (192.0.2.254, AS ")
                                && value(etcd, "nodes/node-1").contains(why));
        NodesBed.await(
                "the BGPPeer to say " + why,
                () ->
                        value(etcd, "bgppeers/tor").contains("\"status\":\"False\"")
                                && value(etcd, "bgppeers/tor").contains(why));
        NodesBed.await(
                "the log to say " + why, () -> count(node, "BGPPeer tor is down: " + why) >= times);
    }

    private static void awaitEstablished(EtcdServer etcd, ProgramNode node, int times)
            throws Exception {
        NodesBed.await(
                "the Node to be content",
                () -> value(etcd, "nodes/node-1").contains("1 of 1 sessions"));
        NodesBed.await(
                "the BGPPeer to be content",
                () -> value(etcd, "bgppeers/tor").contains("\"status\":\"True\""));
        NodesBed.await("the log to say so", () -> count(node, "BGPPeer tor: established") >= times);
    }

    private static String value(EtcdServer etcd, String key) throws Exception {
        return etcd.control("get", "--print-value-only", "/kakehashi/" + key);
    }

    private static long count(ProgramNode node, String words) throws Exception {
        return node.log().lines().filter(line -> line.contains(words)).count();
    }
}
