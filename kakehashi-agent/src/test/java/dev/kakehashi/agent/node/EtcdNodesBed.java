package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.store.etcd.EtcdServer;
import dev.kakehashi.testing.PodTraffic;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Nodes with the programs of the build, and an etcd that they reach by the network between them.
 * Registered as an extension, they run, without pods, before each test, and have ended before the
 * test's namespaces do.
 */
final class EtcdNodesBed implements BeforeEachCallback, AfterEachCallback {
    /** Packets of each flow of {@link #traffic}. */
    static final int PER_SECOND = 100;

    private static final int NODES = 3;
    private static final String STORE = "192.0.2.200";

    /** Pods beside those that talk all the time. */
    private static final int LIVING = 2;

    private static final String CLUSTER =
            """
            {"apiVersion": "kakehashi.dev/v1alpha1", "kind": "Network",
             "metadata": {"name": "pods"},
             "spec": {"cidrs": ["10.244.0.0/16"], "carrier": "vxlan",
                      "ipam": {"type": "pools", "minFree": 24}}}
            """;
    private static final String POOL =
            """
            {"apiVersion": "kakehashi.dev/v1alpha1", "kind": "IPPool",
             "metadata": {"name": "pods"},
             "spec": {"network": "pods", "cidr": "10.244.0.0/16", "blockSize": 27}}
            """;

    private static final Map<String, String> OWN_POOLS =
            Map.of("networks/pods", CLUSTER, "ippools/pods", POOL);

    private final Supplier<Path> directory;
    private final int count;
    private final Map<String, String> objects;
    private final Ways ways;
    private final List<AutoCloseable> open = new ArrayList<>();
    private final List<ProgramNode> nodes = new ArrayList<>();

    /** Namespaces of pods that are gone. */
    private final Deque<Netns> free = new ArrayDeque<>();

    private int made;

    @SuppressWarnings("NullAway.Init") // by beforeEach()
    private TestNamespaces namespaces;

    @SuppressWarnings("NullAway.Init") // by start()
    private EtcdServer etcd;

    /** How the programs of each node run. */
    @FunctionalInterface
    interface Ways {
        ProgramNode.Way of(int node) throws IOException;
    }

    /**
     * One of each test: three nodes with own pools.
     *
     * @param directory is asked before each, and gives one that is empty and short enough for a
     *     socket below it
     */
    EtcdNodesBed(Supplier<Path> directory) {
        this(directory, NODES, OWN_POOLS, _ -> ProgramNode.Way.USUAL);
    }

    /**
     * One of each test.
     *
     * @param objects what is in the store before the nodes are, by kind and name
     */
    EtcdNodesBed(Supplier<Path> directory, int count, Map<String, String> objects, Ways ways) {
        this.directory = directory;
        this.count = count;
        this.objects = Map.copyOf(objects);
        this.ways = ways;
    }

    @Override
    public void beforeEach(ExtensionContext context) throws Exception {
        namespaces = TestNamespaces.of(context);
        start();
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        for (AutoCloseable one : open.reversed()) {
            one.close();
        }
        for (int i = 1; i <= nodes.size(); i++) {
            Speakers.kill(pidFile(i)); // it outlives its agent
        }
    }

    private void start() throws Exception {
        Segment segment = Segment.make(namespaces);
        Netns storeHost = segment.stranger();
        NodesBed.sh(storeHost, "ip addr add " + STORE + "/24 dev eth0");
        etcd =
                EtcdServer.start(
                        Files.createDirectories(directory.get().resolve("etcd")), storeHost, STORE);
        open.add(etcd);
        for (Map.Entry<String, String> one : objects.entrySet()) {
            etcd.control("put", "/kakehashi/" + one.getKey(), one.getValue());
        }
        for (int i = 1; i <= count; i++) {
            Netns host = segment.stranger();
            NodesBed.sh(host, "ip addr add 192.0.2.%d/24 dev eth0".formatted(i));
            ProgramNode node =
                    ProgramNode.start(
                            "node-" + i,
                            host,
                            directory.get().resolve("n" + i),
                            "etcd://" + etcd.authority(),
                            ways.of(i));
            open.add(node);
            nodes.add(node);
        }
        for (ProgramNode node : nodes) {
            NodesBed.await(
                    "the configuration of " + node.name(), () -> !node.configuration().isEmpty());
            assertThat(node.log())
                    .as("no warnings of Java about libraries")
                    .doesNotContain("sun.misc.Unsafe");
        }
    }

    EtcdServer etcd() {
        return etcd;
    }

    List<ProgramNode> nodes() {
        return List.copyOf(nodes);
    }

    /** What the agent of a node keeps. */
    Path state(int node) {
        return directory.get().resolve("n" + node + "/state");
    }

    /** The process id of a node's BIRD, if it has one. */
    Path pidFile(int node) {
        return state(node).resolve("bgp/bird.pid");
    }

    /** What is said of the nodes' pods. */
    PodRecords records() {
        return new PodRecords(etcd, nodes());
    }

    /** Traffic between pods that come now and stay, one on each node. */
    PodTraffic traffic() throws Exception {
        List<PodTraffic.Pod> talking = new ArrayList<>();
        for (ProgramNode node : nodes) {
            ProgramNode.Pod pod = add(node);
            talking.add(
                    new PodTraffic.Pod(pod.netns(), List.of(IpAddresses.format(pod.address()))));
        }
        reachEachOther();
        return PodTraffic.start(talking, PER_SECOND);
    }

    /** One pod more on a node. */
    ProgramNode.Pod add(ProgramNode node) throws Exception {
        made++;
        Netns netns = free.isEmpty() ? namespaces.create() : free.remove();
        return node.add("pod-" + made, netns);
    }

    /** One pod more on each node, which reaches one of another, and the oldest of them goes. */
    void comeAndGo() throws Exception {
        for (int i = 0; i < nodes.size(); i++) {
            ProgramNode node = nodes.get(i);
            ProgramNode.Pod pod = add(node);
            reaches(pod, nodes.get((i + 1) % nodes.size()).pods().getLast());
            // The first one is that which talks.
            if (node.pods().size() > 1 + LIVING) {
                ProgramNode.Pod oldest = node.pods().get(1);
                node.del(oldest);
                free.add(oldest.netns());
            }
        }
    }

    /** Waits until the last pod of each node reaches that of each other one. */
    void reachEachOther() throws Exception {
        for (ProgramNode from : nodes) {
            for (ProgramNode to : nodes) {
                if (from != to) {
                    reaches(from.pods().getLast(), to.pods().getLast());
                }
            }
        }
    }

    /** Waits until one pod reaches another. */
    static void reaches(ProgramNode.Pod from, ProgramNode.Pod to) throws Exception {
        String ping = "ping -c 1 -W 1 " + IpAddresses.format(to.address()) + " || true";
        NodesBed.await(
                from.text() + " to reach " + to.text(),
                () -> NodesBed.has(from.netns(), ping, " 0% packet loss"));
    }
}
