package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.agent.adopt.FlannelAdoption;
import dev.kakehashi.agent.adopt.FlannelFiles;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.store.etcd.EtcdServer;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;
import dev.kakehashi.testing.UdpFlow;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A node of a real Flannel taken over under traffic, and given back. */
@KernelTest
@Tag("peers")
class FlannelAdoptionPeersTest {
    private static final String PREFIX = "/coreos.com/network";

    /** Packets each way, so that none lost says something. */
    private static final int ENOUGH = 200;

    @TempDir Path directory;
    private @Nullable EtcdServer etcd;
    private @Nullable NodesBed open;
    private final List<Flanneld> flannels = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (Flanneld flanneld : flannels) {
            flanneld.end();
        }
        if (open != null) {
            open.close();
        }
        if (etcd != null) {
            etcd.close();
        }
    }

    private Flanneld flanneld(NodesBed bed, int node, EtcdServer server) throws Exception {
        int port = Integer.parseInt(server.authority().substring("127.0.0.1:".length()));
        Flanneld started = Flanneld.start(bed.node(node), bed.stateDirectory(node), port);
        flannels.add(started);
        return started;
    }

    private static FlannelFiles files(NodesBed bed, int node) {
        Path none = bed.stateDirectory(node).resolve("none");
        return new FlannelFiles(bed.subnetFile(node), none, none);
    }

    @ParameterizedTest
    @ValueSource(strings = {"vxlan", "host-gw"})
    void nodeOfFlannel_changesHandsAndBack_noPacketIsLost(String backend, TestNamespaces namespaces)
            throws Exception {
        EtcdServer server = EtcdServer.start(directory, List.of());
        etcd = server;
        server.control(
                "put",
                PREFIX + "/config",
                "{\"Network\":\"10.244.0.0/16\",\"Backend\":{\"Type\":\"" + backend + "\"}}");
        for (int node = 1; node <= 2; node++) {
            server.control(
                    "put",
                    PREFIX + "/subnets/10.244." + node + ".0-24",
                    "{\"PublicIP\":\"192.0.2." + node + "\"}");
        }
        NodesBed bed = new NodesBed(namespaces, directory.resolve("store"), Families.IPV4);
        open = bed;
        bed.flannel(FlannelOptions.etcd("etcd://" + server.authority()));
        Netns node = bed.foreign(Families.IPV4);
        bed.foreign(Families.IPV4);
        Flanneld before = flanneld(bed, 1, server);
        flanneld(bed, 2, server);
        bed.awaitAllReach(16);
        String device = TestNamespaces.run(node, "sh", "-c", "ip -o link show type vxlan");
        UdpFlow there = UdpFlow.start(bed.pod(1), bed.pod(2), NodesBed.address(2, 2, true));
        UdpFlow back = UdpFlow.start(bed.pod(2), bed.pod(1), NodesBed.address(1, 2, true));

        before.end();
        try (RtNetlink kernel = RtNetlink.open(node)) {
            FlannelAdoption taking = FlannelAdoption.plan(files(bed, 1), kernel, "pods");
            assertThat(taking.found()).anyMatch(line -> line.contains("10.244.1.0/24"));
            assertThat(taking.commands()).anyMatch(line -> line.contains("10.244.2.0/24"));
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
        flanneld(bed, 1, server);
        bed.awaitAllReach(16);

        for (UdpFlow flow : List.of(there, back)) {
            UdpFlow.Result result = flow.end(ENOUGH);
            assertThat(result.lost()).as("of " + result.sent()).isZero();
        }
        assertThat(TestNamespaces.run(node, "sh", "-c", "ip -o link show type vxlan"))
                .as("the same device")
                .isEqualTo(device);
        assertThat(NodesBed.has(node, "ip route; nft list tables", "75")).isFalse();
    }
}
