package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cluster.IpBlockSpec;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.store.etcd.EtcdServer;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.PodTraffic;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
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
    /** An address that was taken back rests for half a minute: free ones are to be left. */
    private static final long BETWEEN_PODS_MILLIS = 2500;

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

    @RegisterExtension final EtcdNodesBed bed = new EtcdNodesBed(() -> directory);

    @Test
    void forSomeSeconds_nothingIsLostLeakedOrDoubled() throws Exception {
        storeIsGone(Duration.ofSeconds(20));
    }

    /** So long that clients of gRPC try again every two minutes only. */
    @Test
    @Tag("soak")
    void forTenMinutes_nothingIsLostLeakedOrDoubled() throws Exception {
        storeIsGone(Duration.ofMinutes(10));
    }

    private void storeIsGone(Duration time) throws Exception {
        EtcdServer etcd = bed.etcd();
        PodRecords records = bed.records();
        ProgramNode first = bed.nodes().getFirst();
        ProgramNode last = bed.nodes().getLast();
        PodTraffic traffic = bed.traffic();
        for (ProgramNode node : bed.nodes()) {
            bed.add(node);
        }
        records.awaitTrue();
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
            bed.comeAndGo();
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
        records.awaitTrue();
        NodesBed.await(
                "the MTU that is said",
                () -> records.node(first.name()).contains("\"kakehashi.dev/pod-mtu\":\"1350\""));
        bed.reachEachOther();
        PodTraffic.Result result = traffic.end();
        assertThat(result.broken()).isEmpty();
        assertThat(result.packets())
                .allMatch(flow -> flow.sent() > time.toSeconds() * EtcdNodesBed.PER_SECOND / 2);
        assertThat(result.lost()).isZero();

        for (ProgramNode node : bed.nodes()) {
            for (ProgramNode.Pod pod : node.pods()) {
                node.del(pod);
            }
        }
        records.awaitTrue();
        assertThat(records.published()).isEmpty();
    }

    /**
     * An agent that starts while the store is gone makes the kernel as it was last known, keeps it
     * so, and goes over to the store when that is back.
     */
    @Test
    void whereAnAgentStarts_theKernelIsAsItWasLastKnown() throws Exception {
        EtcdServer etcd = bed.etcd();
        PodRecords records = bed.records();
        ProgramNode node = bed.nodes().getLast();
        for (ProgramNode one : bed.nodes()) {
            bed.add(one);
        }
        bed.reachEachOther();
        records.awaitTrue();
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

        bed.reachEachOther();
        PodTraffic traffic = bed.traffic(); // of pods that come now
        etcd.restart();
        records.awaitTrue();
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
                        return bed.nodes().stream()
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
}
