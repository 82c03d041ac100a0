package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.store.etcd.EtcdServer;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Files;

/** Nodes of ours and of Flannel in one network, by the leases of a real etcd. */
@Tag("peers")
class FlannelPeersTest extends FlannelTest {
    private static final String ROUTES = "ip route; ip -6 route";
    private static final int OURS = 2;
    private static final int FLANNELS = 3;

    @ParameterizedTest
    @CsvSource({
        "vxlan,   IPV4, 10.244.3.0/24 via 10.244.3.0 dev flannel.1, 1450",
        "vxlan,   DUAL, fd00:10:244:3::/64 via fd00:10:244:3:: dev flannel-v6.1, 1410",
        "host-gw, DUAL, 10.244.3.0/24 via 192.0.2.3 dev eth0, 1480"
    })
    void flannelAndOurs_areOneNetwork_aLeaseThatEndsTakesItsRoutes(
            String backend, Families families, String route, int mtu, TestNamespaces namespaces)
            throws Exception {
        // An operator has reserved them by the nodes' addresses; for node 2 none.
        EtcdServer server = etcd(Flanneld.config(backend, families), families, 1, FLANNELS);
        Records records = leases(server, families);
        NodesBed bed = bed(records, namespaces);

        bed.start(OURS, families);
        bed.foreign(families);
        Flanneld flanneld = flanneld(records, bed, FLANNELS);

        bed.awaitAllReach(mtu - 28);
        assertThat(NodesBed.has(bed.node(1), ROUTES, route)).isTrue();
        assertThat(server.control("get", "--print-value-only", key(2, families)))
                .contains("\"PublicIP\":\"192.0.2.2\"", "\"BackendType\":\"" + backend + "\"");
        // Flannel counts 50 octets for an outer header of IPv6 too, which has 70.
        int podMtu = backend.equals("vxlan") && families.ipv6() ? 1430 : 1450;
        assertThat(Files.readString(bed.files(2).subnetFile()))
                .isEqualTo(
                        Files.readString(bed.files(FLANNELS).subnetFile())
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
