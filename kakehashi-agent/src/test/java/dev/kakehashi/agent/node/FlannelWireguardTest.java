package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.agent.adopt.FlannelAdoption;
import dev.kakehashi.agent.adopt.FlannelFiles;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.testing.RequiresFeature;
import dev.kakehashi.testing.TestNamespaces;
import dev.kakehashi.testing.UdpFlow;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Nodes of ours and of a real Flannel by WireGuard, and one that changes hands under traffic. */
@Tag("vm")
@Tag("soak")
class FlannelWireguardTest extends FlannelTest {
    /** Packets each way, so that none lost says something; as many as an emulated machine bears. */
    private static final int ENOUGH = 30;

    /** WireGuard keeps 128 for a peer it cannot reach yet: an emulated agent needs seconds. */
    private static final int PER_SECOND = 5;

    /** Of nodes that have their subnets already, and of a Network, where that says the mode. */
    private Records records(String where, Families families, String mode, int nodes)
            throws Exception {
        String backend = "wireguard" + (mode.isEmpty() ? "" : "\",\"Mode\":\"" + mode);
        String config = Flanneld.config(backend, families);
        if (where.equals("etcd")) {
            int[] all = IntStream.rangeClosed(1, nodes).toArray();
            return leases(etcd(config, families, all), families);
        }
        KubernetesBed store = kubernetes();
        store.registerWithSubnets(nodes, families);
        return annotations(store, config, families);
    }

    private NodesBed bed(Records records, String where, String mode, TestNamespaces namespaces)
            throws Exception {
        NodesBed bed = bed(records, namespaces);
        if (where.equals("kubernetes")) {
            bed.network("carrier: wireguard, wireguard: {separate: " + isSeparate(mode) + "}");
        }
        return bed;
    }

    private static boolean isSeparate(String mode) {
        return mode.equals("separate");
    }

    @ParameterizedTest
    @CsvSource({
        "etcd,       IPV4, ''",
        "etcd,       DUAL, auto",
        "etcd,       DUAL, separate",
        "kubernetes, DUAL, auto",
        "kubernetes, DUAL, separate",
    })
    @RequiresFeature("wireguard")
    void flannelAndOurs_areOneNetwork(
            String where, Families families, String mode, TestNamespaces namespaces)
            throws Exception {
        Records records = records(where, families, mode, 3);
        NodesBed bed = bed(records, where, mode, namespaces);

        bed.start(2, families);
        bed.foreign(families);
        flanneld(records, bed, 3);

        // Flannel counts the outer header of IPv6 in any case.
        bed.awaitAllReach(1420 - 48);
        assertThat(TestNamespaces.run(bed.node(1), "sh", "-c", "ip route; ip -6 route"))
                .contains("10.244.3.0/24 dev kakehashi-wg ")
                .contains(
                        families.ipv6()
                                ? "fd00:10:244:3::/64 dev kakehashi-wg"
                                        + (isSeparate(mode) ? "2 " : " ")
                                : "");
    }

    @ParameterizedTest
    @CsvSource({
        "etcd,       IPV4, ''",
        "etcd,       DUAL, auto",
        "etcd,       DUAL, separate",
        "kubernetes, DUAL, separate",
    })
    @RequiresFeature("wireguard")
    void nodeOfFlannel_changesHands_noPacketIsLost_andBack(
            String where, Families families, String mode, TestNamespaces namespaces)
            throws Exception {
        Records records = records(where, families, mode, 2);
        NodesBed bed = bed(records, where, mode, namespaces);
        Netns node = bed.foreign(families);
        bed.foreign(families);
        Flanneld before = flanneld(records, bed, 1);
        flanneld(records, bed, 2);
        bed.awaitAllReach(16);
        Path none = directory.resolve("none");
        FlannelFiles files = new FlannelFiles(bed.files(1).subnetFile(), none, none);
        List<UdpFlow> flows = new ArrayList<>();
        for (boolean ipv4 : families.each()) {
            for (int from = 1; from <= 2; from++) {
                int to = 3 - from;
                String address = NodesBed.address(to, 2, ipv4);
                flows.add(UdpFlow.start(bed.pod(from), bed.pod(to), address, 0, PER_SECOND));
            }
        }

        bed.adopt(1);
        NodesBed.await("our agent", () -> bed.record(1).contains("kakehashi.dev/pod-mtu"));
        assertThat(NodesBed.has(node, "ip link", "flannel-wg")).as("beside the old one").isTrue();
        NodesBed.await("packets by ours", () -> bytes(node, "kakehashi-wg") > 1000);
        if (isSeparate(mode)) {
            NodesBed.await("those of IPv6", () -> bytes(node, "kakehashi-wg2") > 1000);
        }
        before.end();
        assertThat(NodesBed.has(node, "ip link", "flannel-wg")).isFalse();
        try (RtNetlink kernel = RtNetlink.open(node)) {
            assertThat(FlannelAdoption.plan(files, kernel, "pods").commands()).isEmpty();
        }
        bed.awaitAllReach(16);
        UdpFlow.endWithoutLoss(flows, ENOUGH);

        bed.stopAgent(1);
        flanneld(records, bed, 1);
        try (RtNetlink kernel = RtNetlink.open(node)) {
            FlannelAdoption.planUndo(files, kernel).run(node, kernel);
        }
        bed.awaitAllReach(16);
        assertThat(
                        NodesBed.has(
                                node,
                                "ip link; ip route; ip -6 route; nft list tables",
                                "kakehashi"))
                .isFalse();
    }

    private static long bytes(Netns node, String device) throws Exception {
        String count =
                TestNamespaces.run(
                        node,
                        "sh",
                        "-c",
                        "awk '$1 == \"" + device + ":\" { print $2 }' /proc/net/dev");
        return count.isBlank() ? 0 : Long.parseLong(count.strip());
    }
}
