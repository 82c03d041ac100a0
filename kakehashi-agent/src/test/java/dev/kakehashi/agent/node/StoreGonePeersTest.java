package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cluster.Allocation;
import dev.kakehashi.cluster.IpBlock;
import dev.kakehashi.cluster.IpBlockSpec;
import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.ipam.Given;
import dev.kakehashi.cluster.store.ObjectValue;
import dev.kakehashi.cluster.store.Version;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.store.etcd.EtcdServer;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.PodTraffic;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * Three nodes with own pools lose their etcd for a while: traffic goes on, pods start and stop, and
 * everything is reported when it is back. With the programs of the build, an etcd that they reach
 * by the network between them, and SIGKILL.
 */
@KernelTest
@Tag("peers")
class StoreGonePeersTest {
    private static final int NODES = 3;
    private static final int PER_SECOND = 100;
    private static final String STORE = "192.0.2.200";

    /** An address that was taken back rests for half a minute: free ones are to be left. */
    private static final long BETWEEN_PODS_MILLIS = 2500;

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

    /** What shows what an agent made; not the device's number. */
    private static final List<String> LISTINGS =
            List.of(
                    "ip route show proto 75",
                    "ip neigh show dev flannel.1 nud permanent",
                    "bridge fdb show dev flannel.1 | grep dst",
                    "ip -o link show flannel.1 | cut -d: -f2-",
                    "nft list tables | grep kakehashi");

    /** One of each. */
    private static final List<String> PARTS_TAKEN =
            List.of(
                    "ip route del $(ip route show proto 75 | grep flannel.1 | head -1)",
                    "ip neigh del dev flannel.1"
                            + " $(ip neigh show dev flannel.1 nud permanent | head -1 | cut -d' ' -f1)",
                    "bridge fdb del dev flannel.1"
                            + " $(bridge fdb show dev flannel.1 | grep dst | head -1 | cut -d' ' -f1,2,3)",
                    "nft delete $(nft list tables | grep kakehashi | head -1)");

    @TempDir Path directory;
    private final List<AutoCloseable> open = new ArrayList<>();
    private final List<ProgramNode> nodes = new ArrayList<>();

    /** Namespaces of pods that are gone. */
    private final Deque<Netns> free = new ArrayDeque<>();

    private int made;

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : open.reversed()) {
            one.close();
        }
    }

    @Test
    void forSomeSeconds_nothingIsLostLeakedOrDoubled(TestNamespaces namespaces) throws Exception {
        storeIsGone(namespaces, Duration.ofSeconds(20));
    }

    /** So long that clients of gRPC try again every two minutes only. */
    @Test
    @Tag("soak")
    void forTenMinutes_nothingIsLostLeakedOrDoubled(TestNamespaces namespaces) throws Exception {
        storeIsGone(namespaces, Duration.ofMinutes(10));
    }

    private void storeIsGone(TestNamespaces namespaces, Duration time) throws Exception {
        EtcdServer etcd = start(namespaces);
        ProgramNode first = nodes.getFirst();
        ProgramNode last = nodes.getLast();
        PodTraffic traffic = traffic(namespaces);
        for (ProgramNode node : nodes) {
            add(namespaces, node);
        }
        awaitTruth(etcd);
        awaitView(last);

        etcd.kill();
        long gone = System.nanoTime();
        last.crash();
        NodesBed.sh(first.netns(), "ip link set eth0 mtu 1400");
        NodesBed.await(
                "the device's MTU",
                () -> NodesBed.has(first.netns(), "ip link show flannel.1", "mtu 1350"));
        NodesBed.await("that of later pods", () -> first.configuration().contains("1350"));
        assertThat(blackholeTaken(first)).as("of %s, after a moment", first.name()).isEmpty();
        NodesBed.await("the agent that started", last::isReady);
        assertThat(blackholeTaken(last)).as("of %s, which started", last.name()).isEmpty();
        while (System.nanoTime() - gone < time.toNanos()) {
            comeAndGo(namespaces);
            TimeUnit.MILLISECONDS.sleep(BETWEEN_PODS_MILLIS);
        }

        for (ProgramNode.Pod pod : first.pods()) {
            assertThat(TestNamespaces.run(pod.netns(), "ip", "link", "show", "eth0"))
                    .as(pod.text())
                    .contains("mtu 1350");
        }
        assertThat(first.ready())
                .contains(" 200 ", "[+]converged ok", "[!]store", "the store does not know yet");
        assertThat(last.ready())
                .contains(
                        " 200 ", "[+]converged ok", "[!]store", "the node is as it was last known");

        etcd.restart();
        awaitTruth(etcd);
        NodesBed.await(
                "the MTU that is said",
                () -> record(etcd, first.name()).contains("\"kakehashi.dev/pod-mtu\":\"1350\""));
        reachEachOther();
        PodTraffic.Result result = traffic.end();
        assertThat(result.broken()).isEmpty();
        assertThat(result.packets())
                .allMatch(flow -> flow.sent() > time.toSeconds() * PER_SECOND / 2);
        assertThat(result.lost()).isZero();

        for (ProgramNode node : nodes) {
            for (ProgramNode.Pod pod : node.pods()) {
                node.del(pod);
            }
        }
        awaitTruth(etcd);
        assertThat(published(etcd)).isEmpty();
    }

    /**
     * An agent that starts while the store is gone makes the kernel as it was last known, keeps it
     * so, and goes over to the store when that is back.
     */
    @Test
    void whereAnAgentStarts_theKernelIsAsItWasLastKnown(TestNamespaces namespaces)
            throws Exception {
        EtcdServer etcd = start(namespaces);
        ProgramNode node = nodes.getLast();
        for (ProgramNode one : nodes) {
            add(namespaces, one);
        }
        reachEachOther();
        awaitTruth(etcd);
        awaitView(node);
        Set<String> whole = kernel(node);
        etcd.kill();

        node.kill();
        for (String command : PARTS_TAKEN) {
            NodesBed.sh(node.netns(), command);
        }
        assertThat(whole.size() - kernel(node).size()).isGreaterThanOrEqualTo(PARTS_TAKEN.size());
        node.startAgain();
        awaitWhole(node, whole);

        node.kill();
        NodesBed.sh(node.netns(), "ip link del flannel.1");
        node.startAgain();
        awaitWhole(node, whole);
        assertThat(node.ready()).contains("[!]wanted-state", "[!]store");
        assertThat(node.status()).contains("the node is as it was last known");
        assertThat(blackholeTaken(node)).isEmpty();

        reachEachOther();
        PodTraffic traffic = traffic(namespaces); // of pods that come now
        etcd.restart();
        awaitTruth(etcd);
        TimeUnit.MILLISECONDS.sleep(BETWEEN_PODS_MILLIS);
        PodTraffic.Result result = traffic.end();
        assertThat(result.broken()).isEmpty();
        assertThat(result.lost()).isZero();
        assertThat(kernel(node)).containsAll(whole);
        assertThat(node.log()).contains("recovered from: the store");
        awaitView(node);
    }

    /** Waits until a node has written down where all pods are. */
    private void awaitView(ProgramNode node) throws Exception {
        NodesBed.await(
                "the view of " + node.name(),
                () -> {
                    try {
                        List<IpPrefix> blocks =
                                node.lastView().cluster().blocks().stream()
                                        .map(IpBlockSpec::cidr)
                                        .toList();
                        return nodes.stream()
                                .flatMap(one -> one.pods().stream())
                                .allMatch(pod ->
                                        blocks.stream().anyMatch(b -> b.contains(pod.address())));
                    } catch (NoSuchFileException e) {
                        return false;
                    }
                });
    }

    /** What the agent made for others' pods, a line for each object. */
    private static Set<String> kernel(ProgramNode node) throws Exception {
        Set<String> all = new TreeSet<>();
        for (String command : LISTINGS) {
            TestNamespaces.run(node.netns(), "sh", "-c", command + " || true")
                    .lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty())
                    .forEach(line -> all.add(command + ": " + line));
        }
        return all;
    }

    /** Waits for the agent to be ready, and no longer than a second for everything to be there. */
    private static void awaitWhole(ProgramNode node, Set<String> whole) throws Exception {
        NodesBed.await("the agent that started", node::isReady);
        for (int tenths = 0; tenths < 10 && !kernel(node).containsAll(whole); tenths++) {
            TimeUnit.MILLISECONDS.sleep(100);
        }
        assertThat(kernel(node)).containsAll(whole);
    }

    private EtcdServer start(TestNamespaces namespaces) throws Exception {
        Segment segment = Segment.make(namespaces);
        Netns storeHost = segment.stranger();
        NodesBed.sh(storeHost, "ip addr add " + STORE + "/24 dev eth0");
        EtcdServer etcd =
                EtcdServer.start(
                        Files.createDirectories(directory.resolve("etcd")), storeHost, STORE);
        open.add(etcd);
        etcd.control("put", "/kakehashi/networks/pods", CLUSTER);
        etcd.control("put", "/kakehashi/ippools/pods", POOL);
        for (int i = 1; i <= NODES; i++) {
            Netns host = segment.stranger();
            NodesBed.sh(host, "ip addr add 192.0.2.%d/24 dev eth0".formatted(i));
            ProgramNode node =
                    ProgramNode.start(
                            "node-" + i,
                            host,
                            directory.resolve("n" + i),
                            "etcd://" + etcd.authority());
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
        return etcd;
    }

    /** Between pods that stay, one on each node. */
    private PodTraffic traffic(TestNamespaces namespaces) throws Exception {
        List<PodTraffic.Pod> talking = new ArrayList<>();
        for (ProgramNode node : nodes) {
            ProgramNode.Pod pod = add(namespaces, node);
            talking.add(
                    new PodTraffic.Pod(pod.netns(), List.of(IpAddresses.format(pod.address()))));
        }
        reachEachOther();
        return PodTraffic.start(talking, PER_SECOND);
    }

    private ProgramNode.Pod add(TestNamespaces namespaces, ProgramNode node) throws Exception {
        made++;
        Netns netns = free.isEmpty() ? namespaces.create() : free.remove();
        return node.add("pod-" + made, netns);
    }

    /** One pod more on each node, which reaches one of another, and the oldest of them goes. */
    private void comeAndGo(TestNamespaces namespaces) throws Exception {
        for (int i = 0; i < nodes.size(); i++) {
            ProgramNode node = nodes.get(i);
            ProgramNode.Pod pod = add(namespaces, node);
            reaches(pod, nodes.get((i + 1) % nodes.size()).pods().getLast());
            // The first one is that which talks.
            if (node.pods().size() > 1 + LIVING) {
                ProgramNode.Pod oldest = node.pods().get(1);
                node.del(oldest);
                free.add(oldest.netns());
            }
        }
    }

    private void reachEachOther() throws Exception {
        for (ProgramNode from : nodes) {
            for (ProgramNode to : nodes) {
                if (from != to) {
                    reaches(from.pods().getLast(), to.pods().getLast());
                }
            }
        }
    }

    private static void reaches(ProgramNode.Pod from, ProgramNode.Pod to) throws Exception {
        String ping = "ping -c 1 -W 1 " + IpAddresses.format(to.address()) + " || true";
        NodesBed.await(
                from.text() + " to reach " + to.text(),
                () -> NodesBed.has(from.netns(), ping, " 0% packet loss"));
    }

    /**
     * Takes the route away that drops what is for nobody of a node's block. Returns which, if it is
     * not back after a while.
     */
    private static String blackholeTaken(ProgramNode node) throws Exception {
        String route =
                TestNamespaces.run(node.netns(), "ip", "route", "show", "type", "blackhole")
                        .lines()
                        .findFirst()
                        .orElseThrow()
                        .strip();
        NodesBed.sh(node.netns(), "ip route del " + route);
        for (int tenths = 0; tenths < 30; tenths++) {
            if (NodesBed.has(node.netns(), "ip route", route)) {
                return "";
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
        return route;
    }

    /** Waits until store, disks and kernels say the same, and it is what there is. */
    private void awaitTruth(EtcdServer etcd) throws Exception {
        Set<String> living = new TreeSet<>();
        Set<String> addresses = new TreeSet<>();
        int count = 0;
        for (ProgramNode node : nodes) {
            for (ProgramNode.Pod pod : node.pods()) {
                living.add(node.name() + " " + pod.text());
                addresses.add(IpAddresses.format(pod.address()));
                count++;
            }
        }
        assertThat(addresses).as("addresses of %s", living).hasSize(count);
        NodesBed.await("the store to know " + living, () -> published(etcd).equals(living));
        for (ProgramNode node : nodes) {
            NodesBed.await(
                    "the agent of " + node.name() + " to be content: " + node.ready(),
                    () -> node.ready().contains(" 200 ") && !node.ready().contains("[!]"));
            assertThat(node.check()).as(node.name()).endsWith("all fits\n");
            for (Given given : node.ledger().given().values()) {
                assertThat(living).contains(text(given.allocation()));
            }
            assertThat(node.ledger().given()).hasSize(node.pods().size());
        }
    }

    private static String text(Allocation one) {
        return one.node()
                + " "
                + one.handle().containerId()
                + " "
                + IpAddresses.format(one.address());
    }

    /** Which addresses are in use, by the blocks in the store; an address twice fails. */
    private static Set<String> published(EtcdServer etcd) throws Exception {
        Set<String> all = new TreeSet<>();
        String prefix = "/kakehashi/ipblocks/";
        for (String key : etcd.control("get", "--prefix", "--keys-only", prefix).lines().toList()) {
            if (key.isBlank()) {
                continue;
            }
            String value = etcd.control("get", "--print-value-only", key);
            if (value.isBlank()) {
                continue; // given back a moment ago
            }
            IpBlock block =
                    ObjectValue.decode(
                                    Kind.IP_BLOCK,
                                    key.substring(prefix.length()),
                                    value.getBytes(StandardCharsets.UTF_8),
                                    new Version(""))
                            .object();
            for (Allocation one : block.allocations()) {
                assertThat(all.add(text(one))).as(text(one)).isTrue();
            }
        }
        return all;
    }

    private static String record(EtcdServer etcd, String node) throws Exception {
        return etcd.control("get", "--print-value-only", "/kakehashi/nodes/" + node);
    }
}
