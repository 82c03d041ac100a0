package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.agent.bird.BgpSession;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.testing.TestNamespaces;
import dev.kakehashi.testing.UdpFlow;

import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.ArrayList;
import java.util.List;

/** Nodes that peer with routers of the fabric, FRR (the 254th of the segment) or BIRD. */
@Tag("peers")
class FabricPeersTest extends FabricTest {
    @Test
    void whatMayPass_passesWithItsCommunities_andASessionOutlivesItsChangesAndBird(
            TestNamespaces namespaces) throws Exception {
        filters(namespaces, Families.DUAL);
    }

    @Tag("soak")
    @ParameterizedTest
    @EnumSource(names = {"IPV4", "IPV6"})
    void whatMayPass_passesInOneFamilyAlone(Families families, TestNamespaces namespaces)
            throws Exception {
        filters(namespaces, families);
    }

    private void filters(TestNamespaces namespaces, Families families) throws Exception {
        FabricBed fabric = fabric(namespaces, families, "nodeMesh: true");
        NodesBed bed = fabric.nodes();
        bed.start(2, families);
        Netns tor = fabric.router(254);
        Netns host = fabric.host(tor, 0);
        for (FabricFamily family : fabric.families()) {
            for (String network : told(family)) {
                NodesBed.sh(tor, "ip route add blackhole " + network);
            }
        }
        fabric.frr(
                tor,
                // Else FRR says that it has told all its routes before it tells them.
                "coalesce-time 0\n"
                        + RouterTexts.frr(
                                fabric.families(),
                                "neighbor % remote-as 64512\nneighbor % timers connect 1\n",
                                "neighbor % default-originate\n",
                                family -> {
                                    StringBuilder text = new StringBuilder();
                                    told(family)
                                            .forEach(net -> text.append("network " + net + "\n"));
                                    return text.toString();
                                }));
        // Both families' filters at each session, of which each applies its own.
        String spec =
                "peerAddress: '%s', peerAsNumber: 64513, communities: [%s],"
                        + " import: [{cidr: 0.0.0.0/0}, {cidr: 10.0.0.0/8, maxLength: 16},"
                        + " {cidr: '::/0'}, {cidr: '2001:db8:8::/45', maxLength: 48}],"
                        + " export: [{cidr: 10.244.1.0/24}, {cidr: 'fd00:10:244:1::/64'}]";
        peers(
                fabric,
                "tor",
                family -> spec.formatted(family.on(254), "'64512:100', '4200000000:1:2'"));
        int sessions = 2 * fabric.families().size();
        awaitSessions(bed, 1, sessions);
        awaitSessions(bed, 2, sessions);

        for (FabricFamily family : fabric.families()) {
            NodesBed.await(
                    "the communities at FRR",
                    () -> {
                        String seen = fabric.frrRoute(family, family.pods(1));
                        return seen.contains("Community: 64512:100")
                                && seen.contains("Large Community: 4200000000:1:2");
                    });
            for (String network : List.of(told(family).getFirst(), "default")) {
                NodesBed.await(
                        network + ", which is permitted",
                        () ->
                                NodesBed.has(
                                        bed.node(1),
                                        family.routes() + "show " + network,
                                        "proto bird"));
            }
            for (String refused : told(family).subList(1, 3)) {
                assertThat(NodesBed.has(bed.node(1), family.routes(), refused))
                        .as(refused)
                        .isFalse();
            }
            assertThat(fabric.frrRoute(family, family.pods(2)))
                    .as("the block that may not be told")
                    .contains("not in table");
        }
        assertThat(
                        Speakers.birdc(
                                bed.stateDirectory(1).resolve("bgp/bird.ctl"),
                                "show route filtered all"))
                .as("what is not permitted")
                .doesNotContain("10.244.2.0/24", "fd00:10:244:2::/64");

        List<UdpFlow> flows = new ArrayList<>();
        for (FabricFamily family : fabric.families()) {
            flows.add(UdpFlow.start(bed.pod(1), host, family.wire(0, 2)));
            flows.add(UdpFlow.start(host, bed.pod(1), family.pod(1)));
        }
        List<BgpSession> before = sessions(bed, 1);
        peers(fabric, "tor", family -> spec.formatted(family.on(254), "'64512:200'"));
        for (FabricFamily family : fabric.families()) {
            NodesBed.await(
                    "the other community at FRR",
                    () -> {
                        String seen = fabric.frrRoute(family, family.pods(1));
                        return seen.contains("Community: 64512:200") && !seen.contains("Large");
                    });
        }
        assertThat(sessions(bed, 1))
                .extracting(BgpSession::protocol, BgpSession::state, BgpSession::since)
                .as("no session began anew")
                .containsExactlyElementsOf(
                        before.stream()
                                .map(s -> Tuple.tuple(s.protocol(), s.state(), s.since()))
                                .toList());

        long bird = Speakers.pid(pidFile(bed, 1));
        Speakers.kill(pidFile(bed, 1));
        NodesBed.await(
                "another BIRD, its sessions and routes",
                () -> {
                    long now = Speakers.pid(pidFile(bed, 1));
                    return now != 0
                            && now != bird
                            && sessions(bed, 1).stream()
                                            .filter(s ->
                                                    s.isEstablished()
                                                            && s.received() > 0
                                                            && s.sent() > 0)
                                            .count()
                                    == sessions;
                });
        UdpFlow.endWithoutLoss(flows);
    }

    /** What FRR tells: the first is permitted. */
    private static List<String> told(FabricFamily family) {
        return family.ipv4()
                ? List.of("10.9.0.0/16", "10.9.8.0/24", "203.0.113.0/24")
                : List.of("2001:db8:9::/48", "2001:db8:9:8::/64", "2001:db8:3::/64");
    }

    @Test
    void reflectorOfTheFabric_handsOnWhatNodesTell_andTheyGoToEachOther(TestNamespaces namespaces)
            throws Exception {
        reflector(namespaces, Families.IPV6);
    }

    @Tag("soak")
    @ParameterizedTest
    @EnumSource(names = {"IPV4", "DUAL"})
    void reflectorOfTheFabric_alsoInOtherFamilies(Families families, TestNamespaces namespaces)
            throws Exception {
        reflector(namespaces, families);
    }

    private void reflector(TestNamespaces namespaces, Families families) throws Exception {
        FabricBed fabric = fabric(namespaces, families, "nodeMesh: false");
        NodesBed bed = fabric.nodes();
        bed.start(2, families);
        fabric.bird(
                fabric.router(250),
                RouterTexts.bird(
                        fabric.families(),
                        250,
                        64512,
                        "rr client; rr cluster id 244.0.0.9; graceful restart",
                        _ -> "import all; export all;"));
        peers(
                fabric,
                "reflector",
                family -> "peerAddress: '" + family.on(250) + "', peerAsNumber: 64512");

        awaitSessions(bed, 1, fabric.families().size());
        awaitSessions(bed, 2, fabric.families().size());
        bed.awaitAllReach(1400);
        List<UdpFlow> flows = new ArrayList<>();
        for (FabricFamily family : fabric.families()) {
            assertThat(
                            NodesBed.has(
                                    bed.node(1),
                                    family.routes(),
                                    family.pods(2) + " via " + family.on(2) + " dev eth0"))
                    .as("by the node itself, not by the reflector")
                    .isTrue();
            flows.add(UdpFlow.start(bed.pod(1), bed.pod(2), family.pod(2)));
        }
        fabric.killBird();
        NodesBed.await(
                "the loss of the reflector",
                () -> sessions(bed, 1).stream().noneMatch(BgpSession::isEstablished));
        UdpFlow.endWithoutLoss(flows);
    }

    @Test
    void nodesOfAsesOfTheirOwn_andARouterHopsAway(TestNamespaces namespaces) throws Exception {
        hopsAway(namespaces, Families.DUAL);
    }

    @Tag("soak")
    @ParameterizedTest
    @EnumSource(names = {"IPV4", "IPV6"})
    void nodesOfAsesOfTheirOwn_alsoInOneFamilyAlone(Families families, TestNamespaces namespaces)
            throws Exception {
        hopsAway(namespaces, families);
    }

    private void hopsAway(TestNamespaces namespaces, Families families) throws Exception {
        FabricBed fabric = fabric(namespaces, families, "nodeMesh: true");
        NodesBed bed = fabric.nodes();
        fabric.node(1, "edge: 'yes'", "kakehashi.dev/bgp-as-number: '64601'");
        fabric.node(2, "edge: 'no'", "kakehashi.dev/bgp-as-number: '64602'");
        bed.start(2, families);
        Netns between = fabric.router(254);
        Netns spine = namespaces.create();
        fabric.wire(0, between, spine, "eth0");
        StringBuilder bird = new StringBuilder("router id 198.51.100.2;\n");
        for (FabricFamily family : fabric.families()) {
            String source = family.on(101);
            NodesBed.sh(
                    spine,
                    family.addHost(family.beyond(1), "lo")
                            + "ip route add %1$s via %2$s; ip route add %3$s via %2$s"
                                    .formatted(
                                            family.of("192.0.2.0/24", "2001:db8:1::/64"),
                                            family.wire(0, 1),
                                            family.host(source)));
            NodesBed.sh(
                    between,
                    "ip route add %1$s via %2$s; ip route add %3$s via %2$s; ip route add %4$s via %5$s"
                            .formatted(
                                    family.pods(1),
                                    family.on(1),
                                    family.host(source),
                                    family.beyond(),
                                    family.wire(0, 2)));
            NodesBed.sh(
                    bed.node(1),
                    family.addHost(source, "lo")
                            + "ip route add %s via %s"
                                    .formatted(
                                            family.of("198.51.100.0/26", "2001:db8:2:1::/64"),
                                            family.on(254)));
            bird.append(RouterTexts.kernel(family))
                    .append(
                            """
                            protocol bgp node1_%1$s {
                                local %2$s as 64513; neighbor %3$s as 64999; multihop 2;
                                %1$s { import all; export where net = %4$s; };
                            }
                            """
                                    .formatted(
                                            family.word(),
                                            family.wire(0, 2),
                                            source,
                                            family.host(family.beyond(1))));
        }
        fabric.bird(spine, bird.toString());
        peers(
                fabric,
                "spine",
                family ->
                        "nodeSelector: {matchLabels: {edge: 'yes'}}, peerAddress: '%s', peerAsNumber: 64513, multihop: 2, localAsNumber: 64999, sourceAddress: '%s'"
                                .formatted(family.wire(0, 2), family.on(101)));

        awaitSessions(bed, 1, 2 * fabric.families().size());
        awaitSessions(bed, 2, fabric.families().size());
        bed.awaitAllReach(1400);
        assertThat(sessions(bed, 1))
                .extracting(BgpSession::localAsNumber, BgpSession::asNumber)
                .containsOnly(Tuple.tuple("64601", "64602"), Tuple.tuple("64999", "64513"));
        List<UdpFlow> flows = new ArrayList<>();
        for (FabricFamily family : fabric.families()) {
            NodesBed.await(
                    "the spine's route",
                    () ->
                            NodesBed.has(
                                    spine,
                                    family.routes(),
                                    family.pods(1) + " via " + family.wire(0, 1)));
            NodesBed.await(
                    "the node's",
                    () ->
                            NodesBed.has(
                                    bed.node(1),
                                    family.routes(),
                                    family.beyond(1) + " via " + family.on(254)));
            flows.add(UdpFlow.start(bed.pod(1), spine, family.beyond(1)));
            flows.add(UdpFlow.start(spine, bed.pod(1), family.pod(1)));
        }
        UdpFlow.endWithoutLoss(flows);
    }
}
