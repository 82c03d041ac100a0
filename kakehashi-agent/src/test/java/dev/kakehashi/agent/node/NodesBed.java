package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.agent.status.NodeStatus;
import dev.kakehashi.cluster.ipam.Ledgers;
import dev.kakehashi.cluster.store.StoreAddress;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.testing.TestNamespaces;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

/** Nodes on one segment, each a namespace with a real agent; a pod on each. Numbers are from 1. */
final class NodesBed implements AutoCloseable {
    /** Whether this is the virtual machine of scripts/vm, whose emulated processors are slow. */
    static final boolean EMULATED = System.getenv("KAKEHASHI_VM") != null;

    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(EMULATED ? 600 : 30);

    /** What a test waits for. */
    interface Check {
        boolean holds() throws Exception;
    }

    /** What a node is before its agent comes. */
    interface Site {
        void prepare(int number, Netns node) throws Exception;
    }

    private final TestNamespaces namespaces;
    private final BedStore store;
    private final Path directory;
    private final Segment segment;
    private final List<Netns> nodes = new ArrayList<>();
    private final List<Netns> pods = new ArrayList<>();
    private final List<NodeAgent> agents = new ArrayList<>();

    private final Families families;
    private final CniPods attached = new CniPods();
    private boolean cni;
    private Site site = (_, _) -> {};
    private Optional<String> underlay = Optional.empty();
    private IntFunction<FlannelOptions> flannel = _ -> FlannelOptions.NONE;
    private String bird = NodeAgentOptions.DEFAULT_BIRD;

    /** With pods of some families, and a directory of Nodes beside that of each node's state. */
    NodesBed(TestNamespaces namespaces, Path store, Families families) throws IOException {
        this(namespaces, BedStore.in(store), store.resolve("..").normalize(), families);
    }

    /** The same with another store, and a directory for the nodes' state. */
    NodesBed(TestNamespaces namespaces, BedStore store, Path directory, Families families)
            throws IOException {
        this.namespaces = namespaces;
        this.store = store;
        this.directory = directory;
        this.families = families;
        this.segment = Segment.make(namespaces);
    }

    /** Writes the Network: its addresses, and more fields of its spec. */
    void network(String more) throws IOException {
        network(more, "");
    }

    /** The same with an annotation that asks for a rotation of keys. */
    void network(String more, String rotation) throws IOException {
        store.network(
                """
                apiVersion: kakehashi.dev/v1alpha1
                kind: Network
                metadata:
                  name: pods
                  annotations: {kakehashi.dev/wireguard-rotation: '%s'}
                spec: {%s, %s}
                """
                        .formatted(rotation, families.cidrs(), more));
    }

    /** Pods of nodes started from now on are attached by the nodes' CNI configurations. */
    void attachByCni() {
        cni = true;
    }

    /**
     * What nodes started from now on have to do with Flannel, but for the file, which is each's.
     */
    void flannel(StoreAddress etcd) {
        flannel = i -> new FlannelOptions(Optional.of(etcd), Optional.of(files(i).subnetFile()));
    }

    /** The same where Flannel's records are the store's own Nodes. */
    void flannel() {
        flannel = i -> new FlannelOptions(Optional.empty(), Optional.of(files(i).subnetFile()));
    }

    /** A node that is not ours, with a pod; its number is the next. */
    Netns foreign(Families underlay) throws Exception {
        Netns node = empty(underlay);
        pods.add(BridgedPod.make(namespaces, nodes.size(), node, families));
        return node;
    }

    /** The same without a pod; no node comes after it. */
    Netns empty(Families underlay) throws Exception {
        int i = nodes.size() + 1;
        Netns node = namespaces.create();
        nodes.add(node);
        segment.connect(i, node, underlay);
        sh(node, "sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1");
        return node;
    }

    /** What is done to nodes started from now on, which have their address, before their agents. */
    void prepare(Site before) {
        site = before;
    }

    /** What agents started from now on are told of their underlay. */
    void underlay(String wanted) {
        underlay = Optional.of(wanted);
    }

    /** Starts nodes with addresses of some families on the underlay. */
    void start(int count, Families underlay) throws Exception {
        for (int i = 1; i <= count; i++) {
            Netns node = namespaces.create();
            nodes.add(node);
            segment.connect(i, node, underlay);
            site.prepare(i, node);
            agents.add(agent(i, node));
            int number = i;
            await("node-" + i + " registered", () -> record(number).contains("podCIDR"));
            pods.add(
                    cni ? attached(i, "pod-" + i) : BridgedPod.make(namespaces, i, node, families));
        }
    }

    /** One more pod of a node, attached by the node's CNI configuration. */
    Netns attached(int node, String id) throws Exception {
        Path configuration = files(node).cniConfFile();
        await("the CNI configuration of node-" + node, () -> Files.exists(configuration));
        Path files = stateDirectory(node).resolve("files");
        return attached.attach(
                namespaces,
                node(node),
                id,
                files(node).cniConfDir(),
                files,
                files.resolve("cache"));
    }

    /** Detaches a pod of the CNI configuration, by its name. */
    void detach(String id) throws Exception {
        attached.detach(id);
    }

    private NodeAgent agent(int i, Netns node) throws IOException {
        NodeAgentOptions options = store.options("node-" + i);
        if (underlay.isPresent()) {
            options = options.withUnderlay(underlay.get());
        }
        if (cni) {
            options = options.withCniConfDir(Files.createDirectories(files(i).cniConfDir()));
        }
        return NodeAgent.start(
                options.withStateDirectory(stateDirectory(i))
                        .withBird(bird)
                        .withFlannel(flannel.apply(i)),
                node,
                Ledgers.in(stateDirectory(i)));
    }

    /** The BIRD that agents start. */
    void bird(String program) {
        bird = program;
    }

    /** Ends one agent; what it made stays. */
    void stopAgent(int i) {
        agents.get(i - 1).close();
    }

    /** How an agent says that its node stands. */
    NodeStatus status(int i) {
        return agents.get(i - 1).status();
    }

    /** Starts it again. */
    void startAgent(int i) throws IOException {
        agents.set(i - 1, agent(i, node(i)));
    }

    /** Starts one as a process of its own instead. */
    Process startProcess(int i) throws IOException {
        return AgentProcess.start(
                path(node(i)),
                List.of(
                        "node-" + i,
                        store.options("").store().path(),
                        stateDirectory(i).toString(),
                        bird));
    }

    /** Starts an agent on a node that was not ours, before any of ours. */
    void adopt(int i) throws IOException {
        agents.add(agent(i, node(i)));
    }

    static String path(Netns netns) {
        return "/proc/" + ProcessHandle.current().pid() + "/fd/" + netns.fd().number();
    }

    /** An address in a node's subnet. */
    static String address(int node, int host, boolean ipv4) {
        return ipv4 ? "10.244." + node + "." + host : "fd00:10:244:" + node + "::" + host;
    }

    /** What connects the nodes. */
    Segment segment() {
        return segment;
    }

    Families families() {
        return families;
    }

    /** How many nodes there are. */
    int count() {
        return nodes.size();
    }

    Netns node(int i) {
        return nodes.get(i - 1);
    }

    Netns pod(int i) {
        return pods.get(i - 1);
    }

    /** What a node keeps over restarts. */
    Path stateDirectory(int i) {
        return directory.resolve("state-" + i);
    }

    NodeFiles files(int i) {
        return new NodeFiles(stateDirectory(i));
    }

    /** The Node as it is in the store. */
    String record(int i) throws IOException {
        return store.node("node-" + i);
    }

    static void sh(Netns netns, String script) throws IOException {
        TestNamespaces.run(netns, "sh", "-ec", script);
    }

    static boolean has(Netns netns, String command, String text) throws IOException {
        return TestNamespaces.run(netns, "sh", "-c", command).contains(text);
    }

    static void await(String what, Check check) throws Exception {
        long deadline = System.nanoTime() + LIMIT_NANOS;
        while (!check.holds()) {
            assertThat(System.nanoTime()).as("waiting for " + what).isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    /** Waits until every pod hears every other one in each family, from its own address. */
    void awaitAllReach(int octets) throws Exception {
        Hearing.awaitAll(this, octets);
    }

    /** Whether a pod hears somebody now, and from which address. */
    Optional<InetAddress> heard(Netns sender, int pod, boolean ipv4, int octets)
            throws IOException {
        return Hearing.of(sender, pod(pod), address(pod, 2, ipv4), octets);
    }

    /** Stops the agents; what they made stays. */
    @Override
    public void close() {
        agents.forEach(NodeAgent::close);
        agents.clear();
        attached.close();
    }
}
