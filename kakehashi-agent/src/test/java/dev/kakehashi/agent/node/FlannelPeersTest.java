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
    private static final String ROUTES = "ip route; ip -6 route";
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
    private EtcdServer etcd(String backend, Families families) throws Exception {
        EtcdServer started = EtcdServer.start(directory, List.of());
        etcd = started;
        started.control("put", PREFIX + "/config", Flanneld.config(backend, families));
        for (int node : new int[] {1, FLANNELS}) {
            started.control(
                    "put",
                    key(node, families),
                    "{\"PublicIP\":\"192.0.2.%1$d\",\"PublicIPv6\":\"2001:db8:1::%1$d\"}"
                            .formatted(node));
        }
        return started;
    }

    private static String key(int node, Families families) {
        String key = PREFIX + "/subnets/10.244." + node + ".0-24";
        return families.ipv6() ? key + "&fd00:10:244:" + node + "::-64" : key;
    }

    private static int port(EtcdServer etcd) {
        return Integer.parseInt(etcd.authority().substring(etcd.authority().indexOf(':') + 1));
    }

    @ParameterizedTest
    @CsvSource({
        "vxlan,   IPV4, 10.244.3.0/24 via 10.244.3.0 dev flannel.1, 1450",
        "vxlan,   DUAL, fd00:10:244:3::/64 via fd00:10:244:3:: dev flannel-v6.1, 1410",
        "host-gw, DUAL, 10.244.3.0/24 via 192.0.2.3 dev eth0, 1480"
    })
    void flannelAndOurs_areOneNetwork_aLeaseThatEndsTakesItsRoutes(
            String backend, Families families, String route, int mtu, TestNamespaces namespaces)
            throws Exception {
        EtcdServer server = etcd(backend, families);
        NodesBed bed = new NodesBed(namespaces, directory.resolve("store"), families);
        open = bed;
        bed.flannel(FlannelOptions.etcd("etcd://" + server.authority()));

        bed.start(OURS, families);
        Netns foreign = bed.foreign(families);
        flanneld = Flanneld.start(foreign, directory.resolve("flannel"), port(server));

        bed.awaitAllReach(mtu - 28);
        assertThat(NodesBed.has(bed.node(1), ROUTES, route)).isTrue();
        assertThat(server.control("get", "--print-value-only", key(2, families)))
                .contains("\"PublicIP\":\"192.0.2.2\"", "\"BackendType\":\"" + backend + "\"");
        // Flannel counts 50 octets for an outer header of IPv6 too, which has 70.
        int podMtu = backend.equals("vxlan") && families.ipv6() ? 1430 : 1450;
        assertThat(Files.readString(bed.subnetFile(2)))
                .isEqualTo(
                        Files.readString(directory.resolve("flannel/subnet.env"))
                                .replace("10.244.3.1", "10.244.2.1")
                                .replace("10:244:3::1", "10:244:2::1")
                                .replace("FLANNEL_MTU=1450", "FLANNEL_MTU=" + podMtu));

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
        String answer = server.control("get", "-w", "fields", key(FLANNELS, families));
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
            NodesBed.await("the routes' end", () -> !NodesBed.has(ours, ROUTES, route));
        }
        assertThat(NodesBed.has(bed.node(1), "ip route", "10.244.2.0/24")).isTrue();
    }
}
