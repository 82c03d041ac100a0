package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cluster.carrier.Way;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.RequiresFeature;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

/** Other WireGuard keys on ways across a router, which takes long on emulated processors. */
@KernelTest
@Tag("vm")
@Tag("soak")
class KeyRotationVmTest {
    @TempDir Path directory;

    @Test
    @RequiresFeature("wireguard")
    void whereOnlyWhatCrossesARouterIsEncrypted_nothingIsLost(TestNamespaces namespaces)
            throws Exception {
        try (NodesBed bed = new NodesBed(namespaces, directory.resolve("store"), Families.IPV4)) {
            bed.network("carrier: host-gw, crossSubnet: wireguard");
            bed.routeBetween();
            bed.start(2, Families.IPV4);
            bed.awaitAllReach(100);
            EveryPair traffic = EveryPair.start(bed, 2);

            bed.network("carrier: host-gw, crossSubnet: wireguard", "{\"device\":2}");
            MigrationKernelTest.awaitSettled(bed, 2, Way.HOST_GW_2);

            traffic.assertNothingIsLost();
            assertThat(TestNamespaces.run(bed.node(1), "ip", "route"))
                    .contains("10.244.2.0/24 dev kakehashi-wg2");
        }
    }
}
