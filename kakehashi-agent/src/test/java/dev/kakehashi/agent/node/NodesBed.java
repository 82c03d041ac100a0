package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.agent.status.NodeStatus;
import dev.kakehashi.cluster.ipam.Ledgers;
import dev.kakehashi.cluster.node.CniConfList;
import dev.kakehashi.cluster.store.StoreAddress;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.testing.TestNamespaces;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
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

    private static final int PORT = 7788;
    private static final String SEGMENT = "br0";

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
    private final Netns segment;
    private final List<Netns> nodes = new ArrayList<>();
    private final List<Netns> pods = new ArrayList<>();
    private final List<NodeAgent> agents = new ArrayList<>();

    private final Families families;
    private final CniPods attached = new CniPods();
    private int strangers;
    private boolean cni;
    private boolean router;
    private int remote;
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
        this.segment = namespaces.create();
        sh(segment, "ip link add %1$s type bridge; ip link set %1$s up".formatted(SEGMENT));
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
        flannel = i -> new FlannelOptions(Optional.of(etcd), Optional.of(subnetFile(i)));
    }

    /** The same where Flannel's records are the store's own Nodes. */
    void flannel() {
        flannel = i -> new FlannelOptions(Optional.empty(), Optional.of(subnetFile(i)));
    }

    /** A node that is not ours, with a pod; its number is the next. */
    Netns foreign(Families underlay) throws Exception {
        int i = nodes.size() + 1;
        Netns node = namespaces.create();
        nodes.add(node);
        wire(node, "n" + i);
        address(node, i, underlay);
        sh(node, "sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1");
        pods.add(pod(i, node));
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

    /** From now on each node has a segment of its own, and a router is between (IPv4). */
    void routeBetween() throws IOException {
        router = true;
        sh(segment, "sysctl -qw net.ipv4.ip_forward=1");
    }

    /** A node not started yet gets a segment of its own; a router is between it and the others. */
    void routeTo(int node) throws IOException {
        remote = node;
        sh(segment, "sysctl -qw net.ipv4.ip_forward=1; ip addr add 192.0.2.254/24 dev " + SEGMENT);
    }

    /** The router learns where a node's pods are. */
    void routePods(int node) throws IOException {
        sh(
                segment,
                "ip route add 10.244.%1$d.0/24 via 192.0.2.%1$d dev n%1$d onlink".formatted(node));
    }

    /** The largest packet that the router sends to a node; it takes no larger one from there. */
    void routerMtu(int node, int mtu) throws IOException {
        sh(segment, "ip link set n%d mtu %d".formatted(node, mtu));
    }

    private void address(Netns node, int i, Families underlay) throws IOException {
        if (router) {
            String gateway = "198.51.100." + i;
            sh(
                    segment,
                    "ip link set n%1$d nomaster; ip addr add %2$s/32 dev n%1$d; ip route add 192.0.2.%1$d dev n%1$d"
                            .formatted(i, gateway));
            sh(
                    node,
                    "ip addr add 192.0.2.%1$d/32 dev eth0; ip route add %2$s dev eth0; ip route add default via %2$s dev eth0 onlink"
                            .formatted(i, gateway));
            return;
        }
        if (i == remote) {
            sh(
                    segment,
                    "ip link set n%1$d nomaster; ip addr add 198.51.100.254/24 dev n%1$d"
                            .formatted(i));
            sh(
                    node,
                    "ip addr add 198.51.100.%d/24 dev eth0; ip route add default via 198.51.100.254"
                            .formatted(i));
            return;
        }
        if (underlay.ipv4()) {
            sh(node, "ip addr add 192.0.2." + i + "/24 dev eth0");
        }
        if (remote > 0) {
            sh(node, "ip route add default via 192.0.2.254");
        }
        if (underlay.ipv6()) {
            sh(node, "ip addr add 2001:db8:1::" + i + "/64 dev eth0 nodad");
        }
    }

    /** Starts nodes with addresses of some families on the underlay. */
    void start(int count, Families underlay) throws Exception {
        for (int i = 1; i <= count; i++) {
            Netns node = namespaces.create();
            nodes.add(node);
            wire(node, "n" + i);
            address(node, i, underlay);
            site.prepare(i, node);
            agents.add(agent(i, node));
            int number = i;
            await("node-" + i + " registered", () -> record(number).contains("podCIDR"));
            pods.add(cni ? attached(i, "pod-" + i) : pod(i, node));
        }
    }

    /** One more pod of a node, attached by the node's CNI configuration. */
    Netns attached(int node, String id) throws Exception {
        Path configuration = cniConfDir(node).resolve(CniConfList.FILE_NAME);
        await("the CNI configuration of node-" + node, () -> Files.exists(configuration));
        Path files = stateDirectory(node).resolve("files");
        return attached.attach(
                namespaces, node(node), id, cniConfDir(node), files, files.resolve("cache"));
    }

    /** Detaches a pod of the CNI configuration, by its name. */
    void detach(String id) throws Exception {
        attached.detach(id);
    }

    /** The node's CNI configuration. */
    String cniConf(int node) throws IOException {
        return Files.readString(cniConfDir(node).resolve(CniConfList.FILE_NAME));
    }

    private Path cniConfDir(int i) {
        return stateDirectory(i).resolve("net.d");
    }

    private NodeAgent agent(int i, Netns node) throws IOException {
        NodeAgentOptions options = store.options("node-" + i);
        if (underlay.isPresent()) {
            options = options.withUnderlay(underlay.get());
        }
        if (cni) {
            options = options.withCniConfDir(Files.createDirectories(cniConfDir(i)));
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

    /** A namespace on the segment that is no node's. */
    Netns stranger() throws IOException {
        Netns stranger = namespaces.create();
        strangers++;
        wire(stranger, "x" + strangers);
        return stranger;
    }

    /** The largest packet that the segment between the nodes carries. */
    void segmentMtu(int mtu) throws IOException {
        sh(
                segment,
                """
                for port in $(ip -o link show master %1$s | sed 's/^[0-9]*: \\([^@]*\\)@.*/\\1/'); do
                  ip link set $port mtu %2$d
                done
                ip link set %1$s mtu %2$d
                """
                        .formatted(SEGMENT, mtu));
    }

    /** Takes a port ({@code n1} of node 1, {@code x1} of a stranger) off: none sees its link go. */
    void unplug(String port) throws IOException {
        sh(segment, "ip link set " + port + " nomaster");
    }

    /** Puts it back. */
    void plug(String port) throws IOException {
        sh(segment, "ip link set " + port + " master " + SEGMENT);
    }

    private void wire(Netns host, String port) throws IOException {
        sh(
                segment,
                "ip link add %1$s type veth peer name eth0 netns %2$s; ip link set %1$s master %3$s up"
                        .formatted(port, path(host), SEGMENT));
        sh(host, "ip link set lo up; ip link set eth0 up");
    }

    private Netns pod(int i, Netns node) throws IOException {
        Netns pod = namespaces.create();
        sh(
                node,
                """
                ip link add cni0 type bridge; ip link set cni0 up
                ip link add p0 type veth peer name eth0 netns %s; ip link set p0 master cni0 up
                """
                        .formatted(path(pod)));
        sh(pod, "ip link set lo up; ip link set eth0 up");
        for (boolean ipv4 : families.each()) {
            String add = "ip addr add %s/" + (ipv4 ? "24" : "64 nodad") + " dev %s";
            sh(node, add.formatted(address(i, 1, ipv4), "cni0"));
            sh(pod, add.formatted(address(i, 2, ipv4), "eth0"));
            sh(pod, "ip route add default via " + address(i, 1, ipv4));
        }
        return pod;
    }

    static String path(Netns netns) {
        return "/proc/" + ProcessHandle.current().pid() + "/fd/" + netns.fd().number();
    }

    /** An address in a node's subnet. */
    static String address(int node, int host, boolean ipv4) {
        return ipv4 ? "10.244." + node + "." + host : "fd00:10:244:" + node + "::" + host;
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

    /** A node's private key for the first or the second WireGuard device. */
    String key(int node, int device) throws IOException {
        return Files.readString(keyFile(node, device));
    }

    boolean hasKey(int node, int device) {
        return Files.exists(keyFile(node, device));
    }

    private Path keyFile(int node, int device) {
        return stateDirectory(node).resolve(device == 1 ? "wireguard.key" : "wireguard-2.key");
    }

    /** Where a node tells its subnets as Flannel does. */
    Path subnetFile(int i) {
        return stateDirectory(i).resolve("subnet.env");
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
        for (boolean ipv4 : families.each()) {
            awaitAllReach(ipv4, octets);
        }
    }

    private void awaitAllReach(boolean ipv4, int octets) throws Exception {
        for (int from = 1; from <= pods.size(); from++) {
            for (int to = 1; to <= pods.size(); to++) {
                if (from != to) {
                    Netns sender = pod(from);
                    int receiver = to;
                    InetAddress own = InetAddress.ofLiteral(address(from, 2, ipv4));
                    await(
                            "pod %d to hear pod %d, %d octets".formatted(to, from, octets),
                            () -> heard(sender, receiver, ipv4, octets).equals(Optional.of(own)));
                }
            }
        }
    }

    /** Whether a pod hears somebody now, and from which address. */
    Optional<InetAddress> heard(Netns sender, int pod, boolean ipv4, int octets)
            throws IOException {
        InetAddress target = InetAddress.ofLiteral(address(pod, 2, ipv4));
        try (DatagramSocket to = socket(pod(pod), new InetSocketAddress(target, PORT));
                DatagramSocket from = socket(sender, new InetSocketAddress(0))) {
            to.setSoTimeout(200);
            from.send(new DatagramPacket(new byte[octets], octets, target, PORT));
            DatagramPacket packet = new DatagramPacket(new byte[octets + 1], octets + 1);
            to.receive(packet);
            return packet.getLength() == octets
                    ? Optional.of(packet.getAddress())
                    : Optional.empty();
        } catch (SocketTimeoutException e) {
            return Optional.empty();
        }
    }

    private static DatagramSocket socket(Netns netns, InetSocketAddress local) throws IOException {
        return netns.<DatagramSocket, IOException>call(() -> new DatagramSocket(local));
    }

    /** Stops the agents; what they made stays. */
    @Override
    public void close() {
        agents.forEach(NodeAgent::close);
        agents.clear();
        attached.close();
    }
}
