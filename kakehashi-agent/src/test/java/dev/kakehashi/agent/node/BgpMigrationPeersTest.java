package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cluster.carrier.Way;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Nodes with real agents and real BIRDs go to BGP and back while their pods talk. */
@Tag("peers")
class BgpMigrationPeersTest extends BirdTest {
    private static final int NODES = 3;

    @Test
    void vxlanToBgpAndBack_nothingIsLost(TestNamespaces namespaces) throws Exception {
        NodesBed bed = bed(namespaces, Families.IPV4, "carrier: vxlan");
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
