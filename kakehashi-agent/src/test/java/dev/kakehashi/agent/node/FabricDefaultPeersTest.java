package dev.kakehashi.agent.node;

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
        FabricBed fabric = fabric(namespaces, families, "nodeMesh: false");
        NodesBed bed = fabric.nodes();
        bed.start(2, families);
        Netns tor = fabric.router(254);
        Netns host = fabric.host(tor, 0);
        for (int i = 1; i <= 2; i++) {
            Path passwords = bed.stateDirectory(i).resolve("bgp/passwords");
            Files.createDirectories(passwords);
            Files.writeString(passwords.resolve("tor"), i == 1 ? "s3cret\n" : "other\n");
        }
        fabric.frr(
                tor,
                """
                neighbor % remote-as 64512
                neighbor % password s3cret
                neighbor % timers connect 2
                """,
                "neighbor % default-originate\n",
                _ -> "");
        String spec = "peerAddress: '%s', peerAsNumber: %d, passwordFile: tor";
        peers(fabric, "tor", family -> spec.formatted(family.on(254), 64513));

        awaitSessions(bed, 1, fabric.families().size());
        for (FabricFamily family : fabric.families()) {
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
            UdpFlow.endWithoutLoss(
                    List.of(
                            UdpFlow.start(bed.pod(1), host, family.wire(0, 2)),
                            UdpFlow.start(host, bed.pod(1), family.pod(1))));
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
        awaitSessions(bed, 2, fabric.families().size());
        bed.awaitAllReach(100);
        for (FabricFamily family : fabric.families()) {
            awaitTold("tor-" + family.word(), "status: \"True\"", "reason: Established");
        }

        peers(fabric, "tor", family -> spec.formatted(family.on(254), 64999));
        NodesBed.await(
                "what is wrong with the AS",
                () -> bed.record(1).contains("it is of another AS than 64999"));
        for (FabricFamily family : fabric.families()) {
            awaitTold(
                    "tor-" + family.word(),
                    "node-1: it is of another AS than 64999",
                    "- node: node-2");
        }
    }
}
