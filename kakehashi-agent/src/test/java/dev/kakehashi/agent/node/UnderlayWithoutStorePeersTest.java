package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.store.etcd.EtcdServer;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;

/** The network below a node changes while nobody can tell its store. */
@KernelTest
@Tag("peers")
class UnderlayWithoutStorePeersTest {
    @TempDir Path directory;

    /** An etcd that is gone, and one whose machine hangs, each for a while. */
    private enum Outage {
        KILLED {
            @Override
            void begin(EtcdServer server) {
                server.kill();
            }

            @Override
            void end(EtcdServer server) throws Exception {
                server.restart();
            }
        },
        FROZEN {
            @Override
            void begin(EtcdServer server) throws Exception {
                server.freeze();
            }

            @Override
            void end(EtcdServer server) throws Exception {
                server.thaw();
            }
        };

        abstract void begin(EtcdServer server) throws Exception;

        abstract void end(EtcdServer server) throws Exception;
    }

    @Test
    void ofAKilledEtcd_isFollowedByTheKernel_andToldLater(TestNamespaces namespaces)
            throws Exception {
        isFollowed(namespaces, Outage.KILLED);
    }

    @Test
    void ofAHangingEtcd_isFollowedByTheKernel_andToldLater(TestNamespaces namespaces)
            throws Exception {
        isFollowed(namespaces, Outage.FROZEN);
    }

    private void isFollowed(TestNamespaces namespaces, Outage outage) throws Exception {
        try (EtcdServer server = EtcdServer.start(directory, List.of());
                NodesBed bed =
                        new NodesBed(namespaces, BedStore.in(server), directory, Families.IPV4)) {
            bed.network("carrier: vxlan");
            bed.attachByCni();
            bed.start(2, Families.IPV4);
            bed.awaitAllReach(16);
            NodesBed.await(
                    "the reports",
                    () ->
                            bed.record(1).contains("\"kakehashi.dev/pod-mtu\":\"1450\"")
                                    && bed.status(1).problems().isEmpty());
            Netns node = bed.node(1);

            outage.begin(server);
            NodesBed.sh(node, "ip link set eth0 mtu 1400");
            NodesBed.await(
                    "the device's MTU",
                    () -> NodesBed.has(node, "ip link show flannel.1", "mtu 1350"));
            NodesBed.await(
                    "the pod's MTU",
                    () -> NodesBed.has(bed.pod(1), "ip link show eth0", "mtu 1350"));
            NodesBed.await("that of later pods", () -> bed.files(1).cniConf().contains("1350"));
            NodesBed.await(
                    "what the agent says of it",
                    () ->
                            bed.status(1).podMtu() == 1350
                                    && bed.status(1).problems().stream()
                                            .anyMatch(one ->
                                                    one.contains("the store does not know yet")));
            assertThat(bed.status(1).convergence().reason())
                    .isEqualTo(ConvergenceException.STORE_FAILED);
            NodesBed.sh(
                    node, "ip addr del 192.0.2.1/24 dev eth0; ip addr add 192.0.2.101/24 dev eth0");
            NodesBed.await(
                    "the device's address",
                    () -> NodesBed.has(node, "ip -d link show flannel.1", "local 192.0.2.101"));

            outage.end(server);
            NodesBed.await(
                    "the node's words",
                    () ->
                            bed.record(1).contains("\"kakehashi.dev/pod-mtu\":\"1350\"")
                                    && bed.record(1).contains("192.0.2.101"));
            bed.awaitAllReach(16);
            NodesBed.await("the end of trouble", () -> bed.status(1).problems().isEmpty());
        }
    }
}
