package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.agent.adopt.FlannelAdoption;
import dev.kakehashi.agent.adopt.FlannelFiles;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.store.etcd.EtcdServer;
import dev.kakehashi.store.kubernetes.ApiServer;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;
import dev.kakehashi.testing.UdpFlow;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A node of a real Flannel taken over under traffic, and given back. */
@KernelTest
@Tag("peers")
class FlannelAdoptionPeersTest {
    private static final String PREFIX = "/coreos.com/network";

    /** Packets each way, so that none lost says something. */
    private static final int ENOUGH = 200;

    @TempDir Path directory;
    private Optional<EtcdServer> etcd = Optional.empty();
    private final List<AutoCloseable> servers = new ArrayList<>();
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
        for (AutoCloseable server : servers) {
            server.close();
        }
    }

    /** What Flannel's records are in, and a way to start it there. */
    private interface Records {
        Flanneld start(NodesBed bed, int node) throws Exception;
    }

    private Records etcd(String backend, Families families) throws Exception {
        EtcdServer server = EtcdServer.start(directory, List.of());
        servers.add(server);
        server.control("put", PREFIX + "/config", Flanneld.config(backend, families));
        for (int node = 1; node <= 2; node++) {
            server.control(
                    "put",
                    PREFIX
                            + "/subnets/10.244.%1$d.0-24".formatted(node)
                            + (families.ipv6() ? "&fd00:10:244:" + node + "::-64" : ""),
                    "{\"PublicIP\":\"192.0.2.%1$d\",\"PublicIPv6\":\"2001:db8:1::%1$d\"}"
                            .formatted(node));
        }
        int port = Integer.parseInt(server.authority().substring("127.0.0.1:".length()));
        etcd = Optional.of(server);
        return (bed, node) -> Flanneld.start(bed.node(node), bed.stateDirectory(node), port);
    }

    private Records kubernetes(KubernetesBed nodes, String backend, Families families)
            throws Exception {
        for (int node = 1; node <= 2; node++) {
            nodes.register(node);
            nodes.assign(node, families);
        }
        String config = Flanneld.config(backend, families);
        return (bed, node) ->
                Flanneld.start(
                        bed.node(node),
                        bed.stateDirectory(node),
                        nodes.server(),
                        "node-" + node,
                        config);
    }

    private void flanneld(Records records, NodesBed bed, int node) throws Exception {
        flannels.add(records.start(bed, node));
    }

    /** Their indices and addresses; the MTU of that for IPv6 is ours, Flannel's is too large. */
    private static String devices(Netns node) throws Exception {
        return TestNamespaces.run(
                node, "sh", "-c", "ip -o link show type vxlan | sed 's/ mtu [0-9]*//'");
    }

    private static FlannelFiles files(NodesBed bed, int node) {
        Path none = bed.stateDirectory(node).resolve("none");
        return new FlannelFiles(bed.subnetFile(node), none, none);
    }

    @ParameterizedTest
    @CsvSource({"etcd, vxlan, IPV4", "etcd, host-gw, DUAL", "kubernetes, vxlan, DUAL"})
    void nodeOfFlannel_changesHandsAndBack_noPacketIsLost(
            String where, String backend, Families families, TestNamespaces namespaces)
            throws Exception {
        Records records;
        NodesBed bed;
        if (where.equals("etcd")) {
            records = etcd(backend, families);
            bed = new NodesBed(namespaces, directory.resolve("store"), families);
            bed.flannel(FlannelOptions.etcd("etcd://" + etcd.orElseThrow().authority()));
        } else {
            ApiServer server = ApiServer.start(directory);
            servers.add(server);
            server.defineOurKinds();
            KubernetesBed nodes = KubernetesBed.of(server, directory);
            records = kubernetes(nodes, backend, families);
            bed = new NodesBed(namespaces, nodes, directory, families);
            bed.flannel();
            bed.network("carrier: " + backend);
        }
        open = bed;
        Netns node = bed.foreign(families);
        bed.foreign(families);
        flanneld(records, bed, 1);
        flanneld(records, bed, 2);
        bed.awaitAllReach(16);
        String device = devices(node);
        List<UdpFlow> flows = new ArrayList<>();
        for (boolean ipv4 : families.each()) {
            flows.add(UdpFlow.start(bed.pod(1), bed.pod(2), NodesBed.address(2, 2, ipv4)));
            flows.add(UdpFlow.start(bed.pod(2), bed.pod(1), NodesBed.address(1, 2, ipv4)));
        }

        flannels.getFirst().end();
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

        for (UdpFlow flow : flows) {
            UdpFlow.Result result = flow.end(ENOUGH);
            assertThat(result.lost()).as("of " + result.sent()).isZero();
        }
        assertThat(devices(node)).as("the same devices").isEqualTo(device);
        assertThat(NodesBed.has(node, "ip route; ip -6 route; nft list tables", "75")).isFalse();
    }
}
