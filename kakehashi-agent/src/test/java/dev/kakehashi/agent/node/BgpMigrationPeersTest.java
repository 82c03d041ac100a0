package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cluster.carrier.Way;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

/** Nodes with real agents and real BIRDs go to BGP and back while their pods talk. */
@KernelTest
@Tag("peers")
class BgpMigrationPeersTest {
    private static final int NODES = 3;

    @TempDir Path directory;
    private @Nullable NodesBed open;

    @AfterEach
    void close() throws Exception {
        if (open != null) {
            open.close();
            for (int i = 1; i <= NODES; i++) {
                Speakers.kill(open.stateDirectory(i).resolve("bgp/bird.pid"));
            }
        }
    }

    @Test
    void vxlanToBgpAndBack_nothingIsLost(TestNamespaces namespaces) throws Exception {
        NodesBed bed = new NodesBed(namespaces, directory.resolve("store"), Families.IPV4);
        open = bed;
        bed.bird(Speakers.bird().toString());
        bed.network("carrier: vxlan");
        bed.start(NODES, Families.IPV4);
        bed.awaitAllReach(100);
        EveryPair traffic = EveryPair.start(bed, NODES);

        bed.network("carrier: bgp");
        MigrationKernelTest.awaitSettled(bed, NODES, Way.BGP);
        assertThat(TestNamespaces.run(bed.node(1), "ip", "route"))
                .contains("10.244.2.0/24 via 192.0.2.2 dev eth0 proto bird metric 75")
                .doesNotContain("flannel.1");

        bed.network("carrier: vxlan");
        MigrationKernelTest.awaitSettled(bed, NODES, Way.VXLAN);
        assertThat(TestNamespaces.run(bed.node(1), "ip", "route"))
                .contains("10.244.2.0/24 via 10.244.2.0 dev flannel.1")
                .doesNotContain("proto bird");

        traffic.assertNothingIsLost();
    }
}
