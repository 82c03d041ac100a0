package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.agent.adopt.FlannelAdoption;
import dev.kakehashi.agent.adopt.FlannelFiles;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.store.etcd.EtcdServer;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.RequiresFeature;
import dev.kakehashi.testing.TestNamespaces;
import dev.kakehashi.testing.UdpFlow;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Nodes of ours and of a real Flannel by WireGuard, and one that changes hands under traffic. */
@KernelTest
@Tag("vm")
@Tag("soak")
class FlannelWireguardTest {
    private static final String PREFIX = "/coreos.com/network";

    /** Packets each way, so that none lost says something; as many as an emulated machine bears. */
    private static final int ENOUGH = 30;

    /** WireGuard keeps 128 for a peer it cannot reach yet: an emulated agent needs seconds. */
    private static final int PER_SECOND = 5;

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

    private NodesBed bed(TestNamespaces namespaces, Families families, String mode, int nodes)
            throws Exception {
        EtcdServer server = EtcdServer.start(directory, List.of());
        etcd = server;
        String backend = "wireguard" + (mode.isEmpty() ? "" : "\",\"Mode\":\"" + mode);
        server.control("put", PREFIX + "/config", Flanneld.config(backend, families));
        for (int node = 1; node <= nodes; node++) {
            server.control(
                    "put",
                    PREFIX
                            + "/subnets/10.244.%d.0-24".formatted(node)
                            + (families.ipv6() ? "&fd00:10:244:" + node + "::-64" : ""),
                    "{\"PublicIP\":\"192.0.2.%1$d\",\"PublicIPv6\":\"2001:db8:1::%1$d\"}"
                            .formatted(node));
        }
        NodesBed bed = new NodesBed(namespaces, directory.resolve("store"), families);
        open = bed;
        bed.flannel(FlannelOptions.etcd("etcd://" + server.authority()));
        return bed;
    }

    private Flanneld flanneld(NodesBed bed, int node) throws Exception {
        String authority = java.util.Objects.requireNonNull(etcd).authority();
        int port = Integer.parseInt(authority.substring("127.0.0.1:".length()));
        Flanneld started = Flanneld.start(bed.node(node), bed.stateDirectory(node), port);
        flannels.add(started);
        return started;
    }

    @ParameterizedTest
    @CsvSource({"IPV4, ''", "DUAL, auto"})
    @RequiresFeature("wireguard")
    void flannelAndOurs_areOneNetwork(Families families, String mode, TestNamespaces namespaces)
            throws Exception {
        NodesBed bed = bed(namespaces, families, mode, 3);

        bed.start(2, families);
        bed.foreign(families);
        flanneld(bed, 3);

        // Flannel counts the outer header of IPv6 in any case.
        bed.awaitAllReach(1420 - 48);
    }

    @Test
    @RequiresFeature("wireguard")
    void nodeOfFlannel_changesHands_noPacketIsLost_andBack(TestNamespaces namespaces)
            throws Exception {
        NodesBed bed = bed(namespaces, Families.IPV4, "", 2);
        Netns node = bed.foreign(Families.IPV4);
        bed.foreign(Families.IPV4);
        Flanneld before = flanneld(bed, 1);
        flanneld(bed, 2);
        bed.awaitAllReach(16);
        Path none = directory.resolve("none");
        FlannelFiles files = new FlannelFiles(bed.subnetFile(1), none, none);
        List<UdpFlow> flows =
                List.of(
                        UdpFlow.start(
                                bed.pod(1),
                                bed.pod(2),
                                NodesBed.address(2, 2, true),
                                0,
                                PER_SECOND),
                        UdpFlow.start(
                                bed.pod(2),
                                bed.pod(1),
                                NodesBed.address(1, 2, true),
                                0,
                                PER_SECOND));

        bed.adopt(1);
        NodesBed.await("our agent", () -> bed.record(1).contains("kakehashi.dev/pod-mtu"));
        assertThat(NodesBed.has(node, "ip link", "flannel-wg")).as("beside the old one").isTrue();
        NodesBed.await("packets by ours", () -> bytes(node, "kakehashi-wg") > 1000);
        before.end();
        assertThat(NodesBed.has(node, "ip link", "flannel-wg")).isFalse();
        try (RtNetlink kernel = RtNetlink.open(node)) {
            assertThat(FlannelAdoption.plan(files, kernel, "pods").commands()).isEmpty();
        }
        bed.awaitAllReach(16);
        for (UdpFlow flow : flows) {
            UdpFlow.Result result = flow.end(ENOUGH);
            assertThat(result.lost()).as("of " + result.sent()).isZero();
        }

        bed.stopAgent(1);
        flanneld(bed, 1);
        try (RtNetlink kernel = RtNetlink.open(node)) {
            FlannelAdoption.planUndo(files, kernel).run(node, kernel);
        }
        bed.awaitAllReach(16);
        assertThat(NodesBed.has(node, "ip link; ip route; nft list tables", "kakehashi")).isFalse();
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
