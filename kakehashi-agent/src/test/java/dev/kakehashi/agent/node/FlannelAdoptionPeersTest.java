package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.agent.adopt.FlannelAdoption;
import dev.kakehashi.agent.adopt.FlannelFiles;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.testing.TestNamespaces;
import dev.kakehashi.testing.UdpFlow;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A node of a real Flannel taken over under traffic, and given back. */
@Tag("peers")
class FlannelAdoptionPeersTest extends FlannelTest {
    /** Their indices and addresses; the MTU of that for IPv6 is ours, Flannel's is too large. */
    private static String devices(Netns node) throws Exception {
        return TestNamespaces.run(
                node, "sh", "-c", "ip -o link show type vxlan | sed 's/ mtu [0-9]*//'");
    }

    private static FlannelFiles files(NodesBed bed, int node) {
        Path none = bed.stateDirectory(node).resolve("none");
        return new FlannelFiles(bed.files(node).subnetFile(), none, none);
    }

    @ParameterizedTest
    @CsvSource({"etcd, vxlan, IPV4", "etcd, host-gw, DUAL", "kubernetes, vxlan, DUAL"})
    void nodeOfFlannel_changesHandsAndBack_noPacketIsLost(
            String where, String backend, Families families, TestNamespaces namespaces)
            throws Exception {
        String config = Flanneld.config(backend, families);
        Records records;
        if (where.equals("etcd")) {
            records = leases(etcd(config, families, 1, 2), families);
        } else {
            KubernetesBed nodes = kubernetes();
            nodes.registerWithSubnets(2, families);
            records = annotations(nodes, config, families);
        }
        NodesBed bed = bed(records, namespaces);
        if (where.equals("kubernetes")) {
            bed.network("carrier: " + backend);
        }
        Netns node = bed.foreign(families);
        bed.foreign(families);
        Flanneld before = flanneld(records, bed, 1);
        flanneld(records, bed, 2);
        bed.awaitAllReach(16);
        String device = devices(node);
        List<UdpFlow> flows = new ArrayList<>();
        for (boolean ipv4 : families.each()) {
            flows.add(UdpFlow.start(bed.pod(1), bed.pod(2), NodesBed.address(2, 2, ipv4)));
            flows.add(UdpFlow.start(bed.pod(2), bed.pod(1), NodesBed.address(1, 2, ipv4)));
        }

        before.end();
        try (RtNetlink kernel = RtNetlink.open(node)) {
            FlannelAdoption taking = FlannelAdoption.plan(files(bed, 1), kernel, "pods");
            assertThat(taking.found()).anyMatch(line -> line.contains("10.244.1.0/24"));
            for (boolean ipv4 : families.each()) {
                String subnet = ipv4 ? "10.244.2.0/24" : "fd00:10:244:2::/64";
                assertThat(taking.commands()).anyMatch(line -> line.contains(subnet));
            }
            taking.run(node, kernel);
            assertThat(FlannelAdoption.plan(files(bed, 1), kernel, "pods").commands()).isEmpty();
        }
        bed.adopt(1);
        NodesBed.await("our agent", () -> bed.record(1).contains("kakehashi.dev/pod-mtu"));
        assertThat(NodesBed.has(node, "nft list tables", "inet kakehashi")).isTrue();

        bed.stopAgent(1);
        try (RtNetlink kernel = RtNetlink.open(node)) {
            FlannelAdoption.planUndo(files(bed, 1), kernel).run(node, kernel);
            assertThat(FlannelAdoption.planUndo(files(bed, 1), kernel).commands())
                    .containsExactly("nft destroy table inet kakehashi");
        }
        flanneld(records, bed, 1);
        bed.awaitAllReach(16);

        UdpFlow.endWithoutLoss(flows);
        assertThat(devices(node)).as("the same devices").isEqualTo(device);
        assertThat(NodesBed.has(node, "ip route; ip -6 route; nft list tables", "75")).isFalse();
    }
}
