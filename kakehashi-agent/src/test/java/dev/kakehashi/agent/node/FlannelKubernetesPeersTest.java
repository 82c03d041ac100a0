package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.store.kubernetes.ApiServer;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Nodes of ours and of Flannel in one network, by the Nodes of a real API server. */
@Tag("peers")
class FlannelKubernetesPeersTest extends FlannelTest {
    private static final int FLANNELS = 3;

    @TempDir static Path common;
    @RegisterExtension static final ApiServer server = new ApiServer(() -> common);

    private static KubernetesBed store() throws IOException {
        return KubernetesBed.of(server, common);
    }

    @AfterEach
    void clearStore() throws Exception {
        endAll();
        store().clear();
    }

    @ParameterizedTest
    @CsvSource({
        "vxlan,   DUAL, fd00:10:244:3::/64 via fd00:10:244:3:: dev flannel-v6.1, 1410",
        "vxlan,   IPV6, fd00:10:244:3::/64 via fd00:10:244:3:: dev flannel-v6.1, 1410",
        "host-gw, DUAL, 10.244.3.0/24 via 192.0.2.3 dev eth0, 1480",
    })
    void flannelAndOurs_areOneNetwork(
            String backend, Families families, String route, int mtu, TestNamespaces namespaces)
            throws Exception {
        KubernetesBed nodes = store();
        Records records = annotations(nodes, Flanneld.config(backend, families), families);
        NodesBed bed = bed(records, namespaces);
        for (int node = 1; node <= FLANNELS; node++) {
            bed.foreign(families);
            nodes.register(node);
        }
        nodes.assign(1, families);
        nodes.assign(FLANNELS, families);
        bed.network("carrier: " + backend);
        Flanneld flanneld = flanneld(records, bed, FLANNELS);

        bed.adopt(1);
        bed.adopt(2);
        // Flannel would never hear of a node that spoke to it before it had its subnet.
        NodesBed.await(
                "a node without subnet", () -> bed.record(2).contains("kakehashi.dev/vtep-mac"));
        assertThat(bed.record(2)).doesNotContain("flannel.alpha.coreos.com/kube-subnet-manager");
        nodes.assign(2, families);

        bed.awaitAllReach(mtu - 28);
        Netns ours = bed.node(1);
        assertThat(TestNamespaces.run(ours, "sh", "-c", "ip route; ip -6 route")).contains(route);
        assertThat(bed.record(2))
                .contains(
                        "\"flannel.alpha.coreos.com/backend-type\": \"" + backend + '"',
                        "\"flannel.alpha.coreos.com/kube-subnet-manager\": \"true\"");
        assertThat(Files.readString(bed.files(2).subnetFile()))
                .contains("_SUBNET=" + NodesBed.address(2, 1, families.ipv4()));

        // Without Kubernetes the nodes refuse it (FlannelPeersTest); here it does not come so far.
        assertThatThrownBy(() -> bed.network("carrier: " + backend + ", ipam: {type: pools}"))
                .hasMessageContaining("ipam.type cannot be changed");
        bed.network("carrier: " + (backend.equals("vxlan") ? "host-gw" : "vxlan"));
        NodesBed.await(
                "the refusal of another carrier",
                () -> bed.record(1).contains("set carrier: " + backend));
        bed.awaitAllReach(16);
        bed.network("carrier: " + backend);

        flanneld.end();
        nodes.kubectl("delete", "node", "node-" + FLANNELS);
        for (int node = 1; node < FLANNELS; node++) {
            Netns left = bed.node(node);
            NodesBed.await(
                    "the routes' end", () -> !NodesBed.has(left, "ip route; ip -6 route", route));
        }
    }
}
