package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cluster.Condition;
import dev.kakehashi.cluster.IpPool;
import dev.kakehashi.cluster.IpPoolSpec;
import dev.kakehashi.cluster.IpPoolStatus;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.carrier.ClusterState;
import dev.kakehashi.cluster.carrier.Way;
import dev.kakehashi.cluster.migration.NodeCarriers;
import dev.kakehashi.linux.IpPrefix;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

class NodeMemoryTest {
    private static final NodeCarriers VXLAN = NodeCarriers.settled(Way.VXLAN);

    @TempDir Path directory;
    private long now;
    private boolean reachable = true;

    private NodeMemory memory() {
        return new NodeMemory(
                NodeAgentOptions.of("n0", directory, "pods").withStateDirectory(directory),
                () -> now,
                () -> reachable);
    }

    private void after(double seconds) {
        now += (long) (seconds * TimeUnit.SECONDS.toNanos(1));
    }

    private Path path() {
        return directory.resolve("last-view");
    }

    /** Whether it wrote; it is looked at when the writer has ended. */
    private boolean writes(NodeMemory memory, LastView view, NodeCarriers carriers)
            throws Exception {
        Files.deleteIfExists(path());
        memory.keep(view, carriers);
        memory.close();
        return Files.exists(path());
    }

    private static LastView with(LastView view, UnaryOperator<Node> change) {
        List<Node> nodes = view.cluster().nodes().stream().map(change).toList();
        return new LastView(
                view.node(),
                view.network(),
                new ClusterState(nodes, view.cluster().blocks(), view.cluster().pools()),
                view.peers());
    }

    @Test
    void nothingIsWritten_inTheFirstSeconds_orForThatNothingIsAnother() throws Exception {
        NodeMemory memory = memory();
        LastView view = GeneratedView.of(1, 3);

        after(4.9);
        assertThat(writes(memory, view, VXLAN)).isFalse();
        after(0.2);
        assertThat(writes(memory, view, VXLAN)).isTrue();
        after(20);
        assertThat(writes(memory, view, VXLAN)).isFalse();
        LastView reported =
                with(
                        view,
                        node ->
                                node.withConditions(
                                        List.of(
                                                new Condition(
                                                        "Ready", "True", "", "", Instant.now()))));
        assertThat(writes(memory, reported, VXLAN)).isFalse();
        after(5);
        LastView moved = with(view, node -> node.withPodCidrs(List.of()));
        assertThat(writes(memory, moved, VXLAN)).isTrue();
    }

    /** Pods of a pool in force may show their own address. */
    @Test
    void poolThatComesIntoForce_isWritten() throws Exception {
        NodeMemory memory = memory();
        LastView view = GeneratedView.of(1, 3);
        IpPool pool =
                IpPool.of(
                        "all", IpPoolSpec.of(IpPrefix.parse("10.244.0.0/16")).withNetwork("pods"));
        after(6);
        assertThat(writes(memory, with(view, pool), VXLAN)).isTrue();
        after(6);
        assertThat(writes(memory, with(view, pool), VXLAN)).isFalse();

        IpPool active = pool.withStatus(IpPoolStatus.active(pool.spec().cidr(), 26));

        after(6);
        assertThat(writes(memory, with(view, active), VXLAN)).isTrue();
    }

    private static LastView with(LastView view, IpPool pool) {
        ClusterState cluster = view.cluster();
        return new LastView(
                view.node(),
                view.network(),
                new ClusterState(cluster.nodes(), cluster.blocks(), List.of(pool)),
                view.peers());
    }

    @Test
    void amongThousands_itIsWrittenTwiceAMinute_butForTheOwnCarriersAtOnce() throws Exception {
        NodeMemory memory = memory();
        LastView view = GeneratedView.of(1, 200);
        List<Node> many =
                Collections.nCopies(25, view.cluster().nodes()).stream()
                        .flatMap(List::stream)
                        .toList();
        LastView big =
                new LastView(
                        "n0",
                        view.network(),
                        new ClusterState(many, List.of(), List.of()),
                        List.of());
        after(6);
        assertThat(writes(memory, big, VXLAN)).isTrue();

        LastView moved = with(big, node -> node.withPodCidrs(List.of()));
        after(29);
        assertThat(writes(memory, moved, VXLAN)).isFalse();
        assertThat(writes(memory, moved, NodeCarriers.settled(Way.HOST_GW))).isTrue();
        after(29);
        assertThat(writes(memory, big, NodeCarriers.settled(Way.HOST_GW))).isFalse();
        after(2);
        assertThat(writes(memory, big, NodeCarriers.settled(Way.HOST_GW))).isTrue();
    }

    @Test
    void whatStillHolds_isConfirmed_whileTheStoreAnswers() throws Exception {
        NodeMemory memory = memory();
        LastView view = GeneratedView.of(1, 3);
        after(6);
        memory.keep(view, VXLAN);
        memory.close();
        LastViewFile.in(directory).confirm(Instant.EPOCH);

        reachable = false;
        after(31);
        memory.keep(view, VXLAN);
        memory.close();
        assertThat(LastViewFile.in(directory).confirmed()).isEqualTo(Instant.EPOCH);

        reachable = true;
        memory.keep(view, VXLAN);
        memory.close();
        assertThat(LastViewFile.in(directory).confirmed()).isAfter(Instant.EPOCH);
    }

    @Test
    void isRecalled_whenTheStoreHasSaidNothingForThreeSeconds() throws Exception {
        LastView view = GeneratedView.of(1, 3);
        LastViewFile.in(directory).write(view);
        LastViewFile.in(directory).confirm(Instant.now().minusSeconds(60));
        NodeMemory memory = memory();

        reachable = false;
        after(2.9);
        assertThat(memory.recall()).isEmpty();
        after(0.2);
        assertThat(memory.recall()).isPresent();
        assertThat(memory.recall().orElseThrow().age())
                .isBetween(Duration.ofSeconds(60), Duration.ofSeconds(90));
        assertThat(memory.recall().orElseThrow().view().cluster().blocks())
                .isEqualTo(view.cluster().blocks());
        memory.forget();
        assertThat(memory.recall()).isEmpty();
    }

    @Test
    void oneThatIsListing_isWaitedForLonger() throws Exception {
        LastViewFile.in(directory).write(GeneratedView.of(1, 3));
        NodeMemory memory = memory();

        after(9.9);
        assertThat(memory.recall()).isEmpty();
        after(0.2);
        assertThat(memory.recall()).isPresent();
    }

    @Test
    void whatCannotBeRead_isNoView() throws Exception {
        Files.writeString(path(), "{\"lastView\":1,\"node\":\"n0\",\"network\":\"pods\"}\n");
        NodeMemory memory = memory();

        after(11);
        assertThat(memory.recall()).isEmpty();
        assertThat(path()).exists();
    }
}
