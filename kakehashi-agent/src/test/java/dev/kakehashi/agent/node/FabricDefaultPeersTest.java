package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.testing.TestNamespaces;
import dev.kakehashi.testing.UdpFlow;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A router of FRR that asks for a password and gives nodes the default route. */
@Tag("peers")
class FabricDefaultPeersTest extends FabricTest {
    private static final int ENOUGH = 200;

    /** Waits until the BGPPeer itself says this. */
    private void awaitTold(String peer, String... parts) throws Exception {
        Path file = directory.resolve("store/bgppeers/" + peer + ".yaml");
        NodesBed.await(
                String.join(" and ", parts) + " in " + file,
                () -> {
                    String text = Files.readString(file);
                    return List.of(parts).stream().allMatch(text::contains);
                });
    }

    @Test
    void fabric_learnsPodsAndGivesTheDefault_whatIsWrongIsSaid(TestNamespaces namespaces)
            throws Exception {
        passwordAndDefault(namespaces, Families.IPV6);
    }

    @Tag("soak")
    @ParameterizedTest
    @EnumSource(names = {"IPV4", "DUAL"})
    void fabric_alsoInOtherFamilies(Families families, TestNamespaces namespaces) throws Exception {
        passwordAndDefault(namespaces, families);
    }

    private void passwordAndDefault(TestNamespaces namespaces, Families families) throws Exception {
        NodesBed bed = fabric(namespaces, families, "nodeMesh: false");
        bed.start(2, families);
        Netns tor = router(bed, 254);
        Netns host = namespaces.create();
        wire(bed, 0, tor, host, "eth0");
        for (int i = 1; i <= 2; i++) {
            Path passwords = bed.stateDirectory(i).resolve("bgp/passwords");
            Files.createDirectories(passwords);
            Files.writeString(passwords.resolve("tor"), i == 1 ? "s3cret\n" : "other\n");
        }
        Speakers.frr(
                tor,
                directory.resolve("frr"),
                64513,
                frr(
                        bed,
                        """
                        neighbor % remote-as 64512
                        neighbor % password s3cret
                        neighbor % timers connect 2
                        """,
                        "neighbor % default-originate\n",
                        _ -> ""));
        String spec = "peerAddress: '%s', peerAsNumber: %d, passwordFile: tor";
        peers(bed, "tor", family -> spec.formatted(family.on(254), 64513));

        awaitSessions(bed, 1, families(bed).size());
        for (FabricFamily family : families(bed)) {
            NodesBed.sh(host, "ip route add default via " + family.wire(0, 1));
            NodesBed.await(
                    "the fabric's route to the pods",
                    () ->
                            NodesBed.has(
                                    tor, family.routes() + "show " + family.pods(1), "proto bgp"));
            NodesBed.await(
                    "the default",
                    () ->
                            NodesBed.has(
                                    bed.node(1), family.routes() + "show default", "proto bird"));
            List<UdpFlow> flows =
                    List.of(
                            UdpFlow.start(bed.pod(1), host, family.wire(0, 2)),
                            UdpFlow.start(host, bed.pod(1), family.pod(1)));
            for (UdpFlow flow : flows) {
                UdpFlow.Result result = flow.end(ENOUGH);
                assertThat(result.lost()).as("of " + result.sent()).isZero();
            }
            NodesBed.await(
                    "what is wrong with the password of node 2",
                    () ->
                            bed.record(2)
                                            .contains(
                                                    "BGPPeer tor-%s (%s, AS 64513)"
                                                            .formatted(
                                                                    family.word(), family.on(254)))
                                    && bed.record(2).contains("is the password the same on both"));
            awaitTold(
                    "tor-" + family.word(),
                    "status: \"False\"",
                    "- node: node-2\n    reason: 'no answer");
        }

        Path password = bed.stateDirectory(2).resolve("bgp/passwords/tor");
        Files.writeString(password, "s3cret\n");
        awaitSessions(bed, 2, families(bed).size());
        bed.awaitAllReach(100);
        for (FabricFamily family : families(bed)) {
            awaitTold("tor-" + family.word(), "status: \"True\"", "reason: Established");
        }

        peers(bed, "tor", family -> spec.formatted(family.on(254), 64999));
        NodesBed.await(
                "what is wrong with the AS",
                () -> bed.record(1).contains("it is of another AS than 64999"));
        for (FabricFamily family : families(bed)) {
            awaitTold(
                    "tor-" + family.word(),
                    "node-1: it is of another AS than 64999",
                    "- node: node-2");
        }
    }
}
