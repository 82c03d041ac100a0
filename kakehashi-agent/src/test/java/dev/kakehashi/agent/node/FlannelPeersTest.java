package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.store.etcd.EtcdServer;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Nodes of ours and of Flannel in one network, by the leases of a real etcd. */
@KernelTest
@Tag("peers")
class FlannelPeersTest {
    private static final String PREFIX = "/coreos.com/network";
    private static final int OURS = 2;
    private static final int FLANNELS = 3;

    @TempDir Path directory;
    private @Nullable EtcdServer etcd;
    private @Nullable NodesBed open;
    private @Nullable Flanneld flanneld;

    @AfterEach
    void close() throws Exception {
        if (flanneld != null) {
            flanneld.end();
        }
        if (open != null) {
            open.close();
        }
        if (etcd != null) {
            etcd.close();
        }
    }

    /** Subnets of nodes by their address, as an operator reserves them; of node 2 none. */
    private EtcdServer etcd(String backend) throws Exception {
        EtcdServer started = EtcdServer.start(directory, List.of());
        etcd = started;
        started.control(
                "put",
                PREFIX + "/config",
                """
                {"Network":"10.244.0.0/16","SubnetMin":"10.244.1.0","SubnetMax":"10.244.3.0",
                 "Backend":{"Type":"%s"}}
                """
                        .formatted(backend));
        for (int node : new int[] {1, FLANNELS}) {
            started.control(
                    "put",
                    PREFIX + "/subnets/10.244." + node + ".0-24",
                    "{\"PublicIP\":\"192.0.2." + node + "\"}");
        }
        return started;
    }

    private static String lease(EtcdServer etcd, int node) throws Exception {
        return etcd.control(
                "get", "--print-value-only", PREFIX + "/subnets/10.244." + node + ".0-24");
    }

    private static int port(EtcdServer etcd) {
        return Integer.parseInt(etcd.authority().substring(etcd.authority().indexOf(':') + 1));
    }

    @ParameterizedTest
    @CsvSource({
        "vxlan, via 10.244.3.0 dev flannel.1, 1450",
        "host-gw, via 192.0.2.3 dev eth0, 1500"
    })
    void flannelAndOurs_areOneNetwork_aLeaseThatEndsTakesItsRoutes(
            String backend, String route, int mtu, TestNamespaces namespaces) throws Exception {
        EtcdServer server = etcd(backend);
        NodesBed bed = new NodesBed(namespaces, directory.resolve("store"), Families.IPV4);
        open = bed;
        bed.flannel(FlannelOptions.etcd("etcd://" + server.authority()));

        bed.start(OURS, Families.IPV4);
        Netns foreign = bed.foreign(Families.IPV4);
        flanneld = Flanneld.start(foreign, directory.resolve("flannel"), port(server));

        bed.awaitAllReach(mtu - 28);
        assertThat(NodesBed.has(bed.node(1), "ip route", "10.244.3.0/24 " + route)).isTrue();
        assertThat(lease(server, 2))
                .contains("\"PublicIP\":\"192.0.2.2\"", "\"BackendType\":\"" + backend + "\"");
        assertThat(Files.readString(bed.subnetFile(2)))
                .isEqualTo(
                        Files.readString(directory.resolve("flannel/subnet.env"))
                                .replace("10.244.3.1", "10.244.2.1"));

        bed.network("carrier: " + backend + ", ipam: {type: pools}");
        NodesBed.await(
                "the refusal of pools",
                () ->
                        bed.record(1).contains("FlannelRefused")
                                && bed.record(1).contains("addresses of pools"));
        bed.network("carrier: wireguard");
        NodesBed.await(
                "the refusal of another carrier",
                () -> bed.record(1).contains("set carrier: " + backend));
        bed.awaitAllReach(16);
        bed.network("carrier: " + backend);

        flanneld.end();
        String answer = server.control("get", "-w", "fields", PREFIX + "/subnets/10.244.3.0-24");
        long lease =
                answer.lines()
                        .filter(line -> line.startsWith("\"Lease\" :"))
                        .mapToLong(line ->
                                Long.parseLong(line.substring(line.indexOf(':') + 1).strip()))
                        .findFirst()
                        .orElseThrow();
        server.control("lease", "revoke", Long.toHexString(lease));
        for (int node = 1; node <= OURS; node++) {
            Netns ours = bed.node(node);
            NodesBed.await(
                    "the routes' end", () -> !NodesBed.has(ours, "ip route", "10.244.3.0/24"));
        }
        assertThat(NodesBed.has(bed.node(1), "ip route", "10.244.2.0/24")).isTrue();
    }
}
