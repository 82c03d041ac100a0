package dev.kakehashi.bench;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.testing.PodTraffic;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Nodes on one segment over a directory store, each a network namespace with a real agent and a
 * pod. Numbers are from 1.
 */
final class NodeBed implements AutoCloseable {
    private static final String SEGMENT = "br0";
    private static final int PATIENCE_SECONDS = 30;
    private static final int LOOK_MILLIS = 20;

    private final Path work;
    private final Path home;
    private final Path bird;
    private final DirectoryNodes store;
    private final Netns segment;
    private final List<Netns> nodes = new ArrayList<>();
    private final List<PodTraffic.Pod> pods = new ArrayList<>();
    private final List<AgentProcess> agents = new ArrayList<>();

    /**
     * Without nodes yet.
     *
     * @param work an empty directory
     * @param home the folder of a build
     * @param bird the program for the carrier {@code bgp}
     */
    NodeBed(Path work, Path home, Path bird) throws IOException {
        this.work = Files.createDirectories(work);
        this.home = home;
        this.bird = bird;
        this.store = new DirectoryNodes(Files.createDirectories(work.resolve("store")));
        this.segment = Netns.create();
        shell(segment, "ip link add %1$s type bridge; ip link set %1$s up".formatted(SEGMENT));
    }

    /** Writes the Network. */
    void network(String carrier) throws IOException {
        store.put(
                Map.of(
                        "networks/pods",
                        """
                        {"apiVersion": "kakehashi.dev/v1alpha1", "kind": "Network",
                         "metadata": {"name": "pods"},
                         "spec": {"cidrs": ["10.244.0.0/16"], "carrier": "%s"}}
                        """
                                .formatted(carrier)));
    }

    /** Starts nodes one after the other and waits until each has ways to all others. */
    void start(int count) throws IOException {
        for (int i = 1; i <= count; i++) {
            Netns node = Netns.create();
            nodes.add(node);
            shell(
                    segment,
                    """
                    ip link add n%1$d type veth peer name eth0 netns %2$s
                    ip link set n%1$d master %3$s up
                    """
                            .formatted(i, path(node), SEGMENT));
            shell(
                    node,
                    "ip link set lo up; ip link set eth0 up; ip addr add 192.0.2.%d/24 dev eth0"
                            .formatted(i));
            int number = i;
            agents.add(node.<AgentProcess, IOException>call(() -> agent(number)));
            await("node-" + i + " registered", () -> record(number).contains("podCIDR"));
            pods.add(pod(i, node));
        }
        for (int i = 1; i <= count; i++) {
            int number = i;
            String all = "kakehashi.dev/peers: \"" + (count - 1) + "\"";
            await("ways of node-" + i, () -> record(number).contains(all));
        }
    }

    private AgentProcess agent(int i) throws IOException {
        return AgentProcess.start(
                home,
                work.resolve("agent-" + i + ".sock"),
                work.resolve("agent-" + i + ".log"),
                List.of(
                        "--state",
                        state(i).toString(),
                        "--node",
                        "node-" + i,
                        "--network",
                        "pods",
                        "--bird",
                        bird.toString(),
                        "--store",
                        store.address()));
    }

    private static PodTraffic.Pod pod(int i, Netns node) throws IOException {
        Netns pod = Netns.create();
        shell(
                node,
                """
                ip link add cni0 type bridge; ip link set cni0 up
                ip addr add 10.244.%1$d.1/24 dev cni0
                ip link add p0 type veth peer name eth0 netns %2$s; ip link set p0 master cni0 up
                """
                        .formatted(i, path(pod)));
        shell(
                pod,
                """
                ip link set lo up; ip link set eth0 up; ip addr add 10.244.%1$d.2/24 dev eth0
                ip route add default via 10.244.%1$d.1
                """
                        .formatted(i));
        return new PodTraffic.Pod(pod, List.of("10.244." + i + ".2"));
    }

    private static String path(Netns netns) {
        return "/proc/" + ProcessHandle.current().pid() + "/fd/" + netns.fd().number();
    }

    private Path state(int i) {
        return work.resolve("state-" + i);
    }

    Netns node(int i) {
        return nodes.get(i - 1);
    }

    List<PodTraffic.Pod> pods() {
        return List.copyOf(pods);
    }

    /** The Node as it is in the store; empty before there is one. */
    String record(int i) throws IOException {
        Path file = store.directory().resolve("nodes/node-" + i + ".yaml");
        return Files.exists(file) ? Files.readString(file) : "";
    }

    static void shell(Netns netns, String script) throws IOException {
        var _ = netns.<String, IOException>call(() -> Command.of("sh", "-ec", script).run());
    }

    /** What is waited for. */
    @FunctionalInterface
    interface Check {
        boolean holds() throws IOException;
    }

    static void await(String what, Check check) throws IOException {
        long deadline = System.nanoTime() + PATIENCE_SECONDS * 1_000_000_000L;
        while (!check.holds()) {
            if (System.nanoTime() > deadline) {
                throw new IOException(what + ": not after " + PATIENCE_SECONDS + " s");
            }
            Processes.pause(LOOK_MILLIS);
        }
    }

    /** Ends the agents, and the BIRDs that outlive them, and removes the namespaces. */
    @Override
    public void close() throws IOException {
        for (AgentProcess agent : agents) {
            agent.close();
        }
        for (int i = 1; i <= nodes.size(); i++) {
            Path pid = state(i).resolve("bgp/bird.pid");
            if (Files.exists(pid)) {
                ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()))
                        .ifPresent(ProcessHandle::destroyForcibly);
            }
        }
        pods.forEach(pod -> pod.netns().close());
        nodes.forEach(Netns::close);
        segment.close();
    }
}
