package dev.kakehashi.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cluster.Allocation;
import dev.kakehashi.cluster.IpBlock;
import dev.kakehashi.cluster.IpBlockSpec;
import dev.kakehashi.cluster.ipam.Ledger;
import dev.kakehashi.cluster.ipam.Ledgers;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.testing.KernelTest;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Three nodes whose pods have addresses of a pool, by real agents and real plugin binaries. */
@KernelTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LabPoolsKernelTest {
    private static final Path DIST = Path.of(System.getProperty("kakehashi.dist", ""));

    private static final Duration SOON = Duration.ofSeconds(15);

    /** A block has 13 addresses for pods. */
    private static final int MORE_THAN_A_BLOCK = 14;

    private final LabBed bed =
            new LabBed(new LabSpec("labpools", 3, 1, "vxlan", 1).withIpam("pools"));
    private Lab lab;

    @TempDir Path folder;

    @BeforeAll
    void up() throws IOException {
        lab = bed.up();
    }

    @AfterAll
    void down() throws IOException {
        bed.down();
        assertThat(bed.traces()).isEmpty();
    }

    private List<IpBlock> blocks() throws IOException {
        return new LabStore(bed.directory()).blocks();
    }

    private List<IpPrefix> blocksOf(String node) throws IOException {
        return blocks().stream()
                .map(IpBlock::spec)
                .filter(block -> block.node().equals(node))
                .map(IpBlockSpec::cidr)
                .toList();
    }

    private boolean isPublished(String address) throws IOException {
        return blocks().stream()
                .flatMap(block -> block.allocations().stream())
                .map(Allocation::address)
                .anyMatch(IpAddresses.parse(address)::equals);
    }

    private boolean isInBlockOf(String node, String address) throws IOException {
        return blocksOf(node).stream().anyMatch(b -> b.contains(IpAddresses.parse(address)));
    }

    private void assertAllReached() throws IOException {
        assertThat(lab.reach(Progress.SILENT).failures()).isEmpty();
    }

    @Test
    @Order(1)
    void everyPod_hasAnAddressOfItsNodesBlockAndReachesAll() throws Exception {
        assertAllReached();
        for (LabStatus.Pod pod : lab.status().pods()) {
            assertThat(isInBlockOf(pod.node(), pod.address())).as("%s", pod).isTrue();
            LabBed.await("the report of " + pod, SOON, () -> isPublished(pod.address()));
        }
        assertThat(bed.inNode("node1", "cat /etc/cni/net.d/*"))
                .contains("\"type\": \"kakehashi-ipam\"");
        assertThat(Files.readString(bed.directory().store().resolve("nodes/node1.yaml")))
                .doesNotContain("podCIDR");
        IpPrefix far = blocksOf("node2").getFirst();
        assertThat(bed.inNode("node1", "ip route"))
                .contains(far + " via " + IpAddresses.format(far.address()) + " dev flannel.1");
        assertThat(bed.inNode("node1", "ip route show type blackhole"))
                .contains(blocksOf("node1").getFirst().toString());
    }

    @Test
    @Order(2)
    void nodeThatNeedsMore_claimsAnotherBlockAndItsPodsReachAll() throws Exception {
        List<String> added = new ArrayList<>();
        for (int i = 0; i < MORE_THAN_A_BLOCK; i++) {
            LabStatus.Pod pod = lab.addPod("node1", "");
            added.add(pod.name());
            assertThat(isInBlockOf("node1", pod.address())).as("%s", pod).isTrue();
        }

        assertThat(blocksOf("node1")).hasSizeGreaterThan(1);
        for (IpPrefix block : blocksOf("node1")) {
            LabBed.await(
                    "the route to " + block,
                    SOON,
                    () -> bed.inNode("node2", "ip route").contains(block + " via "));
        }
        assertAllReached();

        for (String pod : added.subList(2, added.size())) {
            String address = bed.pod(pod).address();
            LabBed.await("the report", SOON, () -> isPublished(address));
            lab.delPod(pod);
            assertThat(ledger().given().values().toString())
                    .as("what is said to be in use after DEL")
                    .doesNotContain(pod + "/eth0");
            LabBed.await("the end of the report", SOON, () -> !isPublished(address));
        }
        assertAllReached();
    }

    /** That of node1, as another process reads it. */
    private Ledger ledger() throws Exception {
        String copy = "cp -r /var/lib/kakehashi/ipam " + folder;
        assertThat(bed.inNode("node1", "rm -rf " + folder + "/ipam && " + copy)).isEmpty();
        Ledger ledger = Ledgers.in(folder).of("pods").read();
        assertThat(ledger.blocks()).isNotEmpty();
        return ledger;
    }

    @Test
    @Order(3)
    void podsComeAndGo_whileTheAgentIsKilled() throws Exception {
        bed.killAgent("node2");
        LabStatus.Pod without = lab.addPod("node2", "");
        assertThat(isInBlockOf("node2", without.address())).isTrue();
        assertAllReached();

        List<IpPrefix> before = blocksOf("node2");
        bed.startAgent("node2");
        LabBed.await("the report", SOON, () -> isPublished(without.address()));
        assertThat(blocksOf("node2")).isEqualTo(before);
        bed.killAgent("node2");
        lab.delPod(without.name());
        bed.startAgent("node2");
        LabBed.await("the end of the report", SOON, () -> !isPublished(without.address()));
        assertAllReached();
    }

    @Test
    @Order(4)
    void carrierChangedUnderPods_losesNothing() throws Exception {
        LabTraffic traffic = LabTraffic.start(bed);
        lab.carrier("host-gw", Progress.SILENT);
        for (IpPrefix block : blocksOf("node2")) {
            LabBed.await(
                    "the route to " + block,
                    SOON,
                    () ->
                            bed.inNode("node1", "ip route")
                                    .contains(block + " via " + bed.node("node2").address()));
        }
        lab.carrier("vxlan", Progress.SILENT);
        traffic.endedWithoutLoss();
        assertAllReached();
    }

    /** An address whose pod is gone without DEL is named, and taken back by hand; no other is. */
    @Test
    @Order(5)
    void addressThatLeaked_isNamedAndReleasedByHand() throws Exception {
        String leaked =
                bed.inNode(
                                "node1",
                                """
                                ip netns add gone
                                echo '{"cniVersion": "1.0.0", "name": "pods", "type": "ptp",
                                  "ipam": {"type": "kakehashi-ipam", "node": "node1"}}' |
                                CNI_COMMAND=ADD CNI_CONTAINERID=leaked CNI_IFNAME=eth0 \
                                  CNI_NETNS=/run/netns/gone CNI_PATH=%1$s %1$s/kakehashi-ipam |
                                sed -n 's/.*"address": *"\\([^/]*\\).*/\\1/p'
                                ip netns del gone
                                """
                                        .formatted(DIST.resolve("cni")))
                        .strip();
        assertThat(isInBlockOf("node1", leaked)).as(leaked).isTrue();
        String living =
                lab.status().pods().stream()
                        .filter(pod -> pod.node().equals("node1"))
                        .findFirst()
                        .orElseThrow()
                        .address();

        assertThat(ipam("check --node node1"))
                .contains(leaked)
                .contains("is in use by leaked/eth0/")
                .contains("sooner with `kakehashi ipam release " + leaked + "`")
                .contains("status 1");
        assertThat(ipam("release " + living)).contains("which may live").doesNotContain("status 0");
        assertThat(ipam("release " + leaked))
                .contains("took " + leaked + " back from leaked/eth0/")
                .contains("status 0");
        assertThat(ipam("release " + leaked))
                .contains(leaked + " is not in use on this node")
                .doesNotContain("status 0");
        LabBed.await("the end of the report", SOON, () -> !isPublished(leaked));
        assertThat(ipam("check --node node1")).contains("all fits").contains("status 0");
        assertAllReached();
    }

    /** What {@code kakehashi ipam} says on node1, and its status. */
    private String ipam(String words) throws IOException {
        return bed.inNode(
                "node1",
                "%s ipam %s --network pods --store %s && echo status 0 || echo status $?"
                        .formatted(DIST.resolve("bin/kakehashi"), words, bed.directory().store()));
    }

    /**
     * Last: with a right this short a machine that is busy would not give addresses for a while.
     */
    @Test
    @Order(6)
    void blocksOfADeletedNode_comeBackWhenItsRightHasRunOut() throws Exception {
        Path network = new LabStore(bed.directory()).network();
        Files.writeString(
                network,
                Files.readString(network).replace("offlineSeconds: 20", "offlineSeconds: 5"));
        for (LabStatus.Pod pod : lab.status().pods()) {
            if (pod.node().equals("node3")) {
                lab.delPod(pod.name());
            }
        }
        List<IpPrefix> left = blocksOf("node3");
        assertThat(left).isNotEmpty();

        bed.killAgent("node3");
        Files.delete(bed.directory().store().resolve("nodes/node3.yaml"));

        LabBed.await(
                "the routes to go",
                SOON,
                () ->
                        left.stream()
                                .noneMatch(b ->
                                        contains(ipRoute("node1"), b)
                                                || contains(ipRoute("node2"), b)));
        LabBed.await(
                "the mark of who waits for its right to run out",
                SOON,
                () ->
                        blocks().stream()
                                .filter(block -> left.contains(block.spec().cidr()))
                                .anyMatch(block ->
                                        block.spec().state() == IpBlockSpec.State.RECLAIMING));
        Duration waited =
                LabBed.await("the blocks to come back", SOON, () -> blocksOf("node3").isEmpty());
        assertThat(waited).isGreaterThan(Duration.ofSeconds(4));
    }

    private String ipRoute(String node) {
        try {
            return bed.inNode(node, "ip route");
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static boolean contains(String routes, IpPrefix block) {
        return routes.contains(block + " via ");
    }
}
