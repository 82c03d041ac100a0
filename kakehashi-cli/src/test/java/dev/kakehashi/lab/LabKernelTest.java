package dev.kakehashi.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.NodeAnnotations;
import dev.kakehashi.testing.KernelTest;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Three nodes with two pods each, by real agents and real plugin binaries. */
@KernelTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LabKernelTest {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final Duration HEALED = Duration.ofSeconds(1);

    private final LabBed bed = new LabBed(new LabSpec("labtest", 3, 2, "vxlan", 1));
    private Lab lab;

    @BeforeAll
    void up() throws IOException {
        lab = bed.up();
    }

    @AfterAll
    void down() throws IOException {
        bed.down();
        assertThat(bed.traces()).isEmpty();
    }

    private void assertAllReached() throws IOException {
        ReachReport reach = lab.reach(Progress.SILENT);
        assertThat(reach.failures()).isEmpty();
    }

    @Test
    void everyPod_reachesEveryOtherItsNodeAndTheOutside() throws IOException {
        ReachReport reach = lab.reach(Progress.SILENT);

        assertThat(reach.failures()).isEmpty();
        assertThat(reach.cells(Way.SAME_NODE)).hasSize(6);
        assertThat(reach.cells(Way.OTHER_NODE)).hasSize(24);
        assertThat(reach.cells(Way.OWN_NODE)).hasSize(6);
        assertThat(reach.cells(Way.OUTSIDE))
                .hasSize(6)
                .allSatisfy(cell -> assertThat(cell.seenSource()).startsWith("198.18.1."));
    }

    @Test
    void secondUp_isRefusedWithWhatToDo() {
        assertThatThrownBy(() ->
                        Lab.up(
                                new LabSpec("labtest", 1, 0, "vxlan", 1),
                                LabBed.installation(),
                                Progress.SILENT))
                .isInstanceOf(IOException.class)
                .hasMessage(
                        "lab labtest is there already; remove it with: kakehashi lab down --name labtest");
    }

    @Test
    void overlayDevice_isAsFlannelMakesIt() throws IOException {
        assertThat(bed.inNode("node1", "ip -d link show flannel.1"))
                .contains("vxlan id 1 local 198.18.1.11 dev eth0")
                .contains("dstport 8472 ")
                .contains(" nolearning ")
                .contains("mtu 1450");
        Node other = registered("node2");
        String mac = mac(other);
        assertThat(other.metadata().annotations())
                .containsEntry(
                        "flannel.alpha.coreos.com/backend-data",
                        "{\"VNI\":1,\"VtepMAC\":\"" + mac + "\"}")
                .containsEntry("flannel.alpha.coreos.com/public-ip", "198.18.1.12");
        String subnet = other.podCidrs().getFirst().toString();
        String gateway = subnet.substring(0, subnet.indexOf('/'));
        assertThat(
                        bed.inNode(
                                "node2",
                                "cat /sys/class/net/flannel.1/address || ip link show flannel.1"))
                .contains(mac);
        assertThat(bed.inNode("node1", "ip route"))
                .contains(subnet + " via " + gateway + " dev flannel.1 proto 75 onlink");
        assertThat(bed.inNode("node1", "ip neigh show dev flannel.1"))
                .contains(gateway + " lladdr " + mac + " PERMANENT");
        assertThat(bed.inNode("node1", "bridge fdb show dev flannel.1"))
                .contains(mac + " dst 198.18.1.12 self permanent");
    }

    /** RFC 7348, section 5: flags with only the I bit, the identifier after 24 reserved bits. */
    @Test
    void packetsBetweenNodes_areVxlanWithIdentifierOneToPort8472() throws IOException {
        bed.inNode(
                "node3",
                "nft add table inet probe;"
                        + " nft 'add chain inet probe in { type filter hook input priority -10 ; }';"
                        + " nft add rule inet probe in udp dport 8472"
                        + " @th,64,32 0x08000000 @th,96,24 1 counter");
        try {
            bed.inPod("pod1", "ping -n -c 3 -i 0.05 -W 2 " + bed.pod("pod5").address());
            assertThat(bed.inNode("node3", "nft list table inet probe"))
                    .containsPattern("packets [3-9]");
        } finally {
            bed.inNode("node3", "nft delete table inet probe");
        }
    }

    /** 1450 octets of IP are 1422 of ICMP payload: they must pass whole, and not one more. */
    @Test
    void largestPackets_passWhole() throws IOException {
        String far = bed.pod("pod5").address();
        bed.inPod("pod1", "ping -n -c 2 -i 0.05 -W 2 -M do -s 1422 " + far);
        assertThat(bed.inPod("pod1", "! ping -n -c 1 -W 1 -M do -s 1423 " + far))
                .containsIgnoringCase("message too long");
        bed.inPod("pod1", "ping -n -c 1 -W 2 -s 8000 " + far);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "ip link delete flannel.1 | ip route | SUBNET via | flannel.1 deleted",
                "ip link set flannel.1 down | ip route | SUBNET via | flannel.1",
                "ip address flush dev flannel.1 | ip -4 addr show flannel.1 | scope global | flannel.1",
                "ip route delete SUBNET | ip route | SUBNET via | route SUBNET",
                "ip neigh delete GATEWAY dev flannel.1 | ip neigh | GATEWAY dev flannel.1 | neighbour GATEWAY",
                "bridge fdb delete MAC dev flannel.1 dst 198.18.1.12 self | bridge fdb | dst 198.18.1.12 | MAC",
                "nft delete table inet kakehashi | nft list ruleset | masquerade | kakehashi",
                "sysctl -qw net.ipv4.ip_forward=0 | cat /proc/sys/net/ipv4/ip_forward | 1 | ip_forward",
                "sysctl -qw net.ipv4.conf.flannel/1.rp_filter=1 | cat /proc/sys/net/ipv4/conf/flannel.1/rp_filter | 2 | rp_filter"
            })
    void whatIsDeletedOrChanged_isBackWithinASecondAndLogged(
            String damage, String look, String expected, String logged) throws Exception {
        Node other = registered("node2");
        String subnet = other.podCidrs().getFirst().toString();
        String mac = mac(other);
        int lines = bed.log("node1", 0).size();

        bed.inNode("node1", filled(damage, subnet, mac));
        Duration healed =
                LabBed.await(
                        expected + " after " + damage,
                        SOON,
                        () -> bed.inNode("node1", look).contains(filled(expected, subnet, mac)));

        assertThat(healed).as(damage).isLessThan(HEALED);
        LabBed.await(
                "the log line",
                SOON,
                () ->
                        bed.log("node1", lines).stream()
                                .anyMatch(line ->
                                        line.contains("WARNING")
                                                && line.contains(filled(logged, subnet, mac))));
        assertAllReached();
    }

    private Node registered(String name) throws IOException {
        List<Node> nodes = new LabStore(bed.directory()).nodes();
        return nodes.stream().filter(n -> n.name().equals(name)).findFirst().orElseThrow();
    }

    private static String mac(Node node) {
        return node.metadata().annotations().getOrDefault(NodeAnnotations.VTEP_MAC, "none");
    }

    private static String filled(String text, String subnet, String mac) {
        return text.replace("SUBNET", subnet)
                .replace("GATEWAY", subnet.substring(0, subnet.indexOf('/')))
                .replace("MAC", mac);
    }

    @Test
    void killedAgent_leavesPodsAloneAndGoesOnWhenItIsBack() throws Exception {
        bed.killAgent("node2");

        assertAllReached();
        LabStatus.Pod without = lab.addPod("node2", "");
        assertAllReached();

        bed.inNode(
                "node2",
                "ip route add 10.244.250.0/24 via 10.244.250.0 dev flannel.1 onlink proto 75");
        bed.startAgent("node2");
        LabBed.await(
                "the sweep of a route to a node that does not exist",
                SOON,
                () -> !bed.inNode("node2", "ip route").contains("10.244.250.0/24"));
        LabStatus.Pod after = lab.addPod("node2", "");
        assertAllReached();

        lab.delPod(without.name());
        lab.delPod(after.name());
        assertThat(bed.inNode("node2", "ls /run/netns")).doesNotContain(without.name());
        assertThat(bed.inNode("node2", "ls /var/lib/cni/networks/pods"))
                .doesNotContain(without.address())
                .doesNotContain(after.address());
        assertAllReached();
    }

    @Test
    void brokenNetworkFile_isReportedAndTheLastGoodStateStays() throws Exception {
        Path file = new LabStore(bed.directory()).network();
        String good = Files.readString(file);
        int lines = bed.log("node1", 0).size();
        try {
            Files.writeString(file, good.replace("carrier: vxlan", "carrier: [pigeon"));
            LabBed.await(
                    "the report",
                    SOON,
                    () ->
                            bed.log("node1", lines).stream()
                                    .anyMatch(line ->
                                            line.contains("networks/pods.yaml")
                                                    && line.contains("last good state")));
            assertAllReached();
            bed.inNode("node1", "ip link delete flannel.1");
            LabBed.await(
                    "healing by the last good state",
                    SOON,
                    () -> bed.inNode("node1", "ip -br link").contains("flannel.1"));
        } finally {
            Files.writeString(file, good);
        }
        assertAllReached();
    }

    @Test
    void carrierChangedUnderPods_isFollowedThereAndBack() throws Exception {
        lab.carrier("host-gw", Progress.SILENT);
        assertAllReached();
        assertThat(bed.inNode("node1", "ip -br link")).doesNotContain("flannel");
        assertThat(bed.inNode("node1", "ip route")).contains("via 198.18.1.12 dev eth0 proto 75");

        lab.carrier("vxlan", Progress.SILENT);
        assertAllReached();
        assertThat(bed.inNode("node1", "ip route")).doesNotContain("via 198.18.1.12 dev eth0");
    }

    @Test
    void nodeThatIsDeleted_losesItsRoutesEverywhere() throws Exception {
        Path store = bed.directory().store().resolve("nodes");
        String node =
                """
                apiVersion: v1
                kind: Node
                metadata:
                  name: guest
                  annotations:
                    flannel.alpha.coreos.com/kube-subnet-manager: "true"
                    flannel.alpha.coreos.com/backend-type: vxlan
                    flannel.alpha.coreos.com/public-ip: 198.18.1.99
                    flannel.alpha.coreos.com/backend-data: '{"VNI":1,"VtepMAC":"02:00:00:00:00:99"}'
                spec:
                  podCIDR: 10.244.99.0/24
                  podCIDRs:
                  - 10.244.99.0/24
                """;
        Files.writeString(store.resolve("guest.yaml"), node);
        for (String each : List.of("node1", "node2", "node3")) {
            LabBed.await(
                    "the route of a Flannel node",
                    SOON,
                    () -> bed.inNode(each, "ip route").contains("10.244.99.0/24 via 10.244.99.0"));
        }

        Files.delete(store.resolve("guest.yaml"));
        for (String each : List.of("node1", "node2", "node3")) {
            LabBed.await(
                    "the end of the route",
                    SOON,
                    () ->
                            !bed.inNode(each, "ip route; ip neigh; bridge fdb")
                                            .contains("10.244.99.0")
                                    && !bed.inNode(each, "bridge fdb")
                                            .contains("02:00:00:00:00:99"));
        }
    }

    @Test
    void explanation_namesTheObjectsOfEachNode() throws IOException {
        List<PathStep> steps = lab.explain("pod1", "pod5");

        assertThat(steps).extracting(PathStep::where).contains("pod1", "node1", "node3");
        assertThat(steps)
                .extracting(PathStep::what)
                .anyMatch(what -> what.contains("dev flannel.1: the pods of node3"))
                .anyMatch(what ->
                        what.contains("is behind 198.18.1.13: wrapped into UDP 8472, VNI 1"));
        for (PathStep step : steps) {
            if (step.where().startsWith("node")) {
                assertThat(bed.inNode(step.where(), step.command()))
                        .as(step.command())
                        .isNotBlank();
            }
        }
    }
}
