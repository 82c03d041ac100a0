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

/** Where no definition refuses it, somebody changes where the pods that run have addresses from. */
@KernelTest
class IpamTypeKernelTest {
    private static final String POD_CIDR = "carrier: host-gw";
    private static final String POOLS = "carrier: host-gw, ipam: {type: pools}";

    @TempDir Path directory;

    @Test
    void ofRunningPods_isSetAsideInADirectory_untilTheyAreGone(TestNamespaces namespaces)
            throws Exception {
        isSetAside(namespaces, BedStore.in(directory.resolve("store")));
    }

    @Test
    @Tag("peers")
    void ofRunningPods_isSetAsideInEtcd_untilTheyAreGone(TestNamespaces namespaces)
            throws Exception {
        try (EtcdServer server = EtcdServer.start(directory, List.of())) {
            isSetAside(namespaces, BedStore.in(server));
        }
    }

    private void isSetAside(TestNamespaces namespaces, BedStore store) throws Exception {
        try (NodesBed bed = new NodesBed(namespaces, store, directory, Families.IPV4)) {
            bed.network(POD_CIDR);
            bed.attachByCni();
            bed.start(2, Families.IPV4);
            bed.awaitAllReach(16);
            for (int node = 1; node <= 2; node++) {
                int said = node;
                NodesBed.await("what is in use", () -> bed.record(said).contains("pods/podCIDR"));
            }
            String before = bed.files(1).cniConf();
            bed.detach("pod-2");

            bed.network(POOLS);
            for (int node = 1; node <= 2; node++) {
                int refusing = node;
                NodesBed.await(
                        "the refusal",
                        () ->
                                bed.record(refusing).contains("TypeSetAside")
                                        && bed.record(refusing)
                                                .contains("addresses of podCIDR, on node-1: "));
            }
            bed.stopAgent(1);
            bed.startAgent(1);
            bed.stopAgent(2);
            bed.startAgent(2);
            Netns later = bed.attached(2, "later");
            assertThat(TestNamespaces.run(later, "ip", "address")).contains("10.244.2.");
            NodesBed.await(
                    "the refusal for node-2 too",
                    () -> bed.record(1).contains("addresses of podCIDR, on node-1, node-2: "));
            assertThat(bed.files(1).cniConf()).isEqualTo(before);

            bed.network(POD_CIDR);
            NodesBed.await("what is wanted again", () -> bed.record(1).contains("AsWanted"));

            bed.network(POOLS);
            bed.detach("pod-1");
            bed.detach("later");
            for (int node = 1; node <= 2; node++) {
                int free = node;
                NodesBed.await(
                        "node-" + node + " to want addresses of pools",
                        () ->
                                bed.record(free).contains("waiting for a first block")
                                        && !bed.record(free).contains("pods/podCIDR"));
            }
        }
    }
}
