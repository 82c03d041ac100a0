package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cluster.node.CniConfList;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** What the fields of an IPPool mean to real agents, and to the plugin over their ledgers. */
@KernelTest
class PoolsOnNodesKernelTest {
    @TempDir Path directory;

    private NodesBed bed(TestNamespaces namespaces) throws IOException {
        return bed(new NodesBed(namespaces, directory.resolve("store"), Families.IPV4));
    }

    private static NodesBed bed(NodesBed bed) throws IOException {
        bed.network("carrier: host-gw, ipam: {type: pools}");
        bed.attachByCni();
        return bed;
    }

    private void pool(String name, String spec) throws IOException {
        write(
                "ippools",
                name,
                "apiVersion: kakehashi.dev/v1alpha1\nkind: IPPool\nmetadata: {name: "
                        + name
                        + "}\nspec: {network: pods, "
                        + spec
                        + "}\n");
    }

    private void write(String kind, String name, String yaml) throws IOException {
        Path folder = Files.createDirectories(directory.resolve("store").resolve(kind));
        Path fresh = Files.writeString(folder.resolve("." + name + ".new"), yaml);
        Files.move(fresh, folder.resolve(name + ".yaml"), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Starts an agent on a new node. */
    private static PoolPlugin start(NodesBed bed) throws Exception {
        bed.foreign(Families.IPV4);
        bed.adopt(bed.count());
        return new PoolPlugin(bed, bed.count());
    }

    private static boolean mayPodsCome(NodesBed bed, int node) {
        return Files.exists(
                bed.stateDirectory(node).resolve("net.d").resolve(CniConfList.FILE_NAME));
    }

    @Test
    void nodesWithTheLabelsClaim_andPodsComeOnlyWhereThereIsABlock(TestNamespaces namespaces)
            throws Exception {
        write(
                "nodes",
                "node-1",
                "apiVersion: v1\nkind: Node\nmetadata: {name: node-1, labels: {rack: a}}\n");
        try (NodesBed bed = bed(namespaces)) {
            PoolPlugin first = start(bed);
            PoolPlugin second = start(bed);
            for (int node = 1; node <= 2; node++) {
                int waiting = node;
                NodesBed.await(
                        "node-" + node + " to say what it waits for",
                        () -> bed.record(waiting).contains("waiting for a first block"));
                assertThat(mayPodsCome(bed, node)).isFalse();
            }

            pool("racked", "cidr: 10.244.64.0/26, nodeSelector: {matchLabels: {rack: a}}");
            NodesBed.await("pods of node-1 to come", () -> mayPodsCome(bed, 1));
            assertThat(first.ledger().blocks()).hasSize(1);
            assertThat(bed.files(1).cniConf()).contains("\"type\": \"kakehashi-ipam\"");
            assertThat(first.add("c")).startsWith("10.244.64.");
            assertThat(second.ledger().blocks()).isEmpty();
            assertThat(mayPodsCome(bed, 2)).isFalse();

            pool("others", "cidr: 10.244.65.0/24");
            NodesBed.await("pods of node-2 to come", () -> mayPodsCome(bed, 2));
            assertThat(second.ledger().pools().toString()).contains("others");
            assertThat(second.add("c")).startsWith("10.244.65.");
        }
    }

    /** Its Nodes can be read, and its blocks cannot. */
    @Test
    void aStoreThatSaysNotAll_leavesANodeThatStartsAsItWasLastKnown(TestNamespaces namespaces)
            throws Exception {
        Path store = directory.resolve("store");
        BedStore withholding = BedStore.in(store, WithholdingStore.address(store));
        try (NodesBed bed = bed(new NodesBed(namespaces, withholding, directory, Families.IPV4))) {
            pool("pods", "cidr: 10.244.64.0/24");
            start(bed);
            PoolPlugin other = start(bed);
            NodesBed.await("a block of node-2", () -> !other.ledger().blocks().isEmpty());
            String block = other.ledger().blocks().keySet().iterator().next().toString();
            String route = block + " via 192.0.2.2";
            NodesBed.await("the route", () -> NodesBed.has(bed.node(1), "ip route", route));
            Path view = bed.stateDirectory(1).resolve("last-view");
            NodesBed.await(
                    "the view", () -> Files.exists(view) && Files.readString(view).contains(block));
            bed.stopAgent(1);
            WithholdingStore.withhold("ipblocks");
            NodesBed.sh(bed.node(1), "ip route flush proto 75");

            bed.startAgent(1);

            NodesBed.await("the route", () -> NodesBed.has(bed.node(1), "ip route", route));
            NodesBed.await(
                    "what is wrong",
                    () -> bed.status(1).toString().contains("not said all that is wanted"));
            WithholdingStore.withhold("");
            NodesBed.await(
                    "the store's word",
                    () -> !bed.status(1).toString().contains("not said all that is wanted"));
            assertThat(NodesBed.has(bed.node(1), "ip route", route)).isTrue();
        } finally {
            WithholdingStore.withhold("");
        }
    }

    @Test
    void aDisabledPool_givesNothingNew_andWhatIsInUseStays(TestNamespaces namespaces)
            throws Exception {
        try (NodesBed bed = bed(namespaces)) {
            pool("pods", "cidr: 10.244.64.0/24");
            PoolPlugin plugin = start(bed);
            NodesBed.await("pods to come", () -> mayPodsCome(bed, 1));
            String before = plugin.add("before");

            pool("pods", "cidr: 10.244.64.0/24, disabled: true");
            NodesBed.await(
                    "the agent to know",
                    () -> plugin.ledger().pools().stream().anyMatch(one -> one.disabled()));
            CniException none = plugin.refused("after", "shop", "pools", "");
            assertThat(none.code()).isEqualTo(CniException.TRY_AGAIN_LATER);
            assertThat(none.msg()).contains("the pool is disabled");
            CniException named = plugin.refused("after", "shop", "addresses", "10.244.64.60");
            assertThat(named.code()).isEqualTo(CniException.INVALID_CONFIG);
            assertThat(named.msg()).contains("10.244.64.60 is of pool pods, which is disabled");
            assertThat(plugin.add("before")).isEqualTo(before);
            assertThat(plugin.ledger().blocks()).as("the block that is in use").hasSize(1);

            pool("pods", "cidr: 10.244.64.0/24");
            NodesBed.await(
                    "the agent to know",
                    () -> plugin.ledger().pools().stream().anyMatch(one -> !one.disabled()));
            assertThat(plugin.add("after")).startsWith("10.244.64.").isNotEqualTo(before);
        }
    }
}
