package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cluster.carrier.Way;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.RequiresFeature;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Other WireGuard keys under traffic, as far as it takes long on emulated processors. */
@KernelTest
@Tag("vm")
@Tag("soak")
class KeyRotationVmTest {
    private static final String WIREGUARD = "carrier: wireguard";

    /** Packets a second from each to each, beside which another process can start. */
    private static final int FEW = 10;

    @TempDir Path directory;

    private NodesBed bed(TestNamespaces namespaces, Families families) throws Exception {
        return new NodesBed(namespaces, directory.resolve("store"), families);
    }

    @Test
    @RequiresFeature("wireguard")
    void whereOnlyWhatCrossesARouterIsEncrypted_nothingIsLost(TestNamespaces namespaces)
            throws Exception {
        try (NodesBed bed = bed(namespaces, Families.IPV4)) {
            bed.network("carrier: host-gw, crossSubnet: wireguard");
            bed.segment().routeBetween();
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

    /** By IPv6 alone the tunnels' outer packets are IPv6 too. */
    @ParameterizedTest
    @EnumSource(names = {"IPV6", "DUAL"})
    @RequiresFeature("wireguard")
    void inTheseFamilies_thereAndBack_nothingIsLost(Families families, TestNamespaces namespaces)
            throws Exception {
        try (NodesBed bed = bed(namespaces, families)) {
            bed.network(WIREGUARD);
            bed.start(2, families);
            bed.awaitAllReach(100);
            String first = bed.files(1).key(1);
            EveryPair traffic = EveryPair.start(bed, 2);

            bed.network(WIREGUARD, "{\"device\":2}");
            MigrationKernelTest.awaitSettled(bed, 2, Way.WIREGUARD_2);
            assertThat(TestNamespaces.run(bed.node(1), "ip", "-6", "route"))
                    .contains("fd00:10:244:2::/64 dev kakehashi-wg2")
                    .doesNotContain("dev kakehashi-wg ");
            bed.network(WIREGUARD, "{\"device\":1}");
            MigrationKernelTest.awaitSettled(bed, 2, Way.WIREGUARD);

            traffic.assertNothingIsLost();
            assertThat(bed.files(1).key(1)).isNotEqualTo(first);
        }
    }

    /** Three nodes; the agent of one is killed each time its Node has said a further step. */
    @Test
    @RequiresFeature("wireguard")
    void agentKilledAtEachStep_goesOn_nothingIsLost(TestNamespaces namespaces) throws Exception {
        int nodes = 3;
        try (NodesBed bed = bed(namespaces, Families.IPV4)) {
            bed.network(WIREGUARD);
            bed.start(nodes, Families.IPV4);
            bed.awaitAllReach(100);
            bed.stopAgent(nodes);
            Process agent = bed.startProcess(nodes);
            try {
                EveryPair traffic = EveryPair.start(bed, nodes, FEW);
                for (String step :
                        List.of(
                                "wireguard-public-key-2: ",
                                "\"receives\":[\"wireguard\",\"wireguard-2\"]",
                                "\"sends\":\"wireguard-2\"",
                                "{\"receives\":[\"wireguard\"]")) {
                    Way way = bed.files(nodes).hasKey(2) ? Way.WIREGUARD : Way.WIREGUARD_2;
                    int device = way.device().number();
                    String before = bed.files(nodes).key(3 - device);
                    bed.network(WIREGUARD, "{\"device\":" + device + "}");
                    NodesBed.await(
                            "node-" + nodes + " to say " + step,
                            () -> bed.record(nodes).contains(step));
                    agent.destroyForcibly().waitFor();
                    agent = bed.startProcess(nodes);
                    MigrationKernelTest.awaitSettled(bed, nodes, way);

                    assertThat(bed.files(nodes).key(device)).isNotEqualTo(before);
                    NodesBed.await(
                            "the former key to go", () -> !bed.files(nodes).hasKey(3 - device));
                }
                traffic.assertNothingIsLost();
            } finally {
                agent.destroyForcibly().waitFor();
            }
        }
    }

    /** The hour ends while the test runs; nobody asks for anything. */
    @Test
    @RequiresFeature("wireguard")
    void byAge_allNodesTurn_nothingIsLost(TestNamespaces namespaces) throws Exception {
        try (NodesBed bed = bed(namespaces, Families.IPV4)) {
            bed.network(WIREGUARD);
            bed.start(2, Families.IPV4);
            bed.awaitAllReach(100);
            String first = bed.files(1).key(1);
            EveryPair traffic = EveryPair.start(bed, 2);

            Instant due = Instant.now().plusSeconds(20);
            bed.network(
                    WIREGUARD + ", wireguard: {rotationHours: 1}",
                    "{\"device\":1,\"since\":\"" + due.minus(Duration.ofHours(1)) + "\"}");
            NodesBed.await(
                    "a first step by age", () -> bed.record(1).contains("wireguard-public-key-2"));
            assertThat(Instant.now()).isAfterOrEqualTo(due.minusSeconds(1));
            MigrationKernelTest.awaitSettled(bed, 2, Way.WIREGUARD_2);

            traffic.assertNothingIsLost();
            assertThat(bed.files(1).key(2)).isNotEqualTo(first);
        }
    }
}
