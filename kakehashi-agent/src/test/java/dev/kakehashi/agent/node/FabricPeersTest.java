package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.agent.bird.BgpSession;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.testing.TestNamespaces;
import dev.kakehashi.testing.UdpFlow;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.nio.file.Path;
import java.util.List;

/** Nodes that peer with routers of the fabric, FRR (192.0.2.254) or BIRD. */
@Tag("peers")
class FabricPeersTest extends FabricTest {
    private static final int ENOUGH = 200;

    @Test
    void whatMayPass_passesWithItsCommunities_andASessionOutlivesItsChangesAndBird(
            TestNamespaces namespaces) throws Exception {
        NodesBed bed = bed(namespaces, "nodeMesh: true");
        bed.start(2, Families.IPV4);
        Netns tor = router(bed, "192.0.2.254");
        Netns host = namespaces.create();
        wire(tor, "host", "198.51.100.1/24", host, "eth0", "198.51.100.2/24");
        NodesBed.sh(host, "ip route add default via 198.51.100.1");
        NodesBed.sh(
                tor,
                "ip route add blackhole 203.0.113.0/24; ip route add blackhole 10.9.0.0/16; ip route add blackhole 10.9.8.0/24");
        Path frr = directory.resolve("frr");
        Speakers.frr(
                tor,
                frr,
                64513,
                frrNeighbours(
                                """
                                neighbor % remote-as 64512
                                neighbor % default-originate
                                neighbor % timers connect 1
                                """)
                        // Else FRR says that it has told all its routes before it tells them.
                        + "coalesce-time 0\n"
                        + "network 203.0.113.0/24\nnetwork 10.9.0.0/16\nnetwork 10.9.8.0/24\n");
        String spec =
                "peerAddress: 192.0.2.254, peerAsNumber: 64513, communities: [%s],"
                        + " import: [{cidr: 0.0.0.0/0}, {cidr: 10.0.0.0/8, maxLength: 16}],"
                        + " export: [{cidr: 10.244.1.0/24}]";
        peer("tor", spec.formatted("'64512:100', '4200000000:1:2'"));
        awaitSessions(bed, 1, 2);
        awaitSessions(bed, 2, 2);

        NodesBed.await(
                "the communities at FRR",
                () -> {
                    String seen = Speakers.bgpd(frr, "show bgp ipv4 unicast 10.244.1.0/24");
                    return seen.contains("Community: 64512:100")
                            && seen.contains("Large Community: 4200000000:1:2");
                });
        NodesBed.await(
                "what is permitted",
                () ->
                        NodesBed.has(bed.node(1), "ip route", "10.9.0.0/16 via 192.0.2.254")
                                && NodesBed.has(
                                        bed.node(1), "ip route", "default via 192.0.2.254"));
        assertThat(
                        Speakers.birdc(
                                bed.stateDirectory(1).resolve("bgp/bird.ctl"),
                                "show route filtered all"))
                .as("what is not")
                .doesNotContain("10.244.2.0/24");
        for (String refused : List.of("203.0.113.0/24", "10.9.8.0/24")) {
            assertThat(NodesBed.has(bed.node(1), "ip route", refused)).as(refused).isFalse();
        }
        assertThat(Speakers.bgpd(frr, "show bgp ipv4 unicast 10.244.2.0/24"))
                .as("the block that may not be told")
                .contains("not in table");

        UdpFlow out = UdpFlow.start(bed.pod(1), host, "198.51.100.2");
        UdpFlow in = UdpFlow.start(host, bed.pod(1), NodesBed.address(1, 2, true));
        List<BgpSession> before = sessions(bed, 1);
        peer("tor", spec.formatted("'64512:200'"));
        NodesBed.await(
                "the other community at FRR",
                () -> {
                    String seen = Speakers.bgpd(frr, "show bgp ipv4 unicast 10.244.1.0/24");
                    return seen.contains("Community: 64512:200") && !seen.contains("Large");
                });
        assertThat(sessions(bed, 1))
                .extracting(BgpSession::protocol, BgpSession::state, BgpSession::since)
                .as("neither session began anew")
                .containsExactlyElementsOf(
                        before.stream()
                                .map(s ->
                                        org.assertj.core.groups.Tuple.tuple(
                                                s.protocol(), s.state(), s.since()))
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
                                    == 2;
                });
        for (UdpFlow flow : List.of(out, in)) {
            UdpFlow.Result result = flow.end(ENOUGH);
            assertThat(result.lost()).as("of " + result.sent()).isZero();
        }
    }

    @Test
    void reflectorOfTheFabric_handsOnWhatNodesTell_andTheyGoToEachOther(TestNamespaces namespaces)
            throws Exception {
        NodesBed bed = bed(namespaces, "nodeMesh: false");
        bed.start(2, Families.IPV4);
        Netns reflector = router(bed, "192.0.2.250");
        Speakers.bird(
                reflector,
                directory.resolve("fabric"),
                "router id 192.0.2.250;\n"
                        + birdNeighbours(
                                "",
                                "local 192.0.2.250 as 64512; rr client; rr cluster id 244.0.0.9; graceful restart;"
                                        + " ipv4 { import all; export all; };"));
        peer("reflector", "peerAddress: 192.0.2.250, peerAsNumber: 64512");

        awaitSessions(bed, 1, 1);
        awaitSessions(bed, 2, 1);
        bed.awaitAllReach(1400);
        assertThat(NodesBed.has(bed.node(1), "ip route", "10.244.2.0/24 via 192.0.2.2 dev eth0"))
                .as("by the node itself, not by the reflector")
                .isTrue();

        UdpFlow flow = UdpFlow.start(bed.pod(1), bed.pod(2), NodesBed.address(2, 2, true));
        Path fabric = directory.resolve("fabric");
        Speakers.kill(fabric.resolve("bird.pid"));
        NodesBed.await(
                "the loss of the reflector",
                () -> sessions(bed, 1).stream().noneMatch(BgpSession::isEstablished));
        UdpFlow.Result result = flow.end(ENOUGH);
        assertThat(result.lost()).as("while it is away, of " + result.sent()).isZero();
    }

    @Test
    void nodesOfAsesOfTheirOwn_andARouterHopsAway(TestNamespaces namespaces) throws Exception {
        NodesBed bed = bed(namespaces, "nodeMesh: true");
        node(1, "edge: 'yes'", "kakehashi.dev/bgp-as-number: '64601'");
        node(2, "edge: 'no'", "kakehashi.dev/bgp-as-number: '64602'");
        bed.start(2, Families.IPV4);
        Netns between = router(bed, "192.0.2.254");
        Netns spine = namespaces.create();
        wire(between, "spine", "198.51.100.1/24", spine, "eth0", "198.51.100.2/24");
        NodesBed.sh(
                spine,
                "ip addr add 203.0.113.1/32 dev lo; ip route add 192.0.2.0/24 via 198.51.100.1; ip route add 192.0.2.101 via 198.51.100.1");
        NodesBed.sh(
                between,
                "ip route add 10.244.1.0/24 via 192.0.2.1; ip route add 192.0.2.101 via 192.0.2.1; ip route add 203.0.113.0/24 via 198.51.100.2");
        NodesBed.sh(
                bed.node(1),
                "ip addr add 192.0.2.101/32 dev lo; ip route add 198.51.100.0/24 via 192.0.2.254");
        Speakers.bird(
                spine,
                directory.resolve("fabric"),
                """
                router id 198.51.100.2;
                protocol kernel { ipv4 { import all; export where source = RTS_BGP; }; learn; }
                protocol direct { ipv4; }
                protocol bgp node1 {
                    local 198.51.100.2 as 64513; neighbor 192.0.2.101 as 64999; multihop 2;
                    ipv4 { import all; export where net = 203.0.113.1/32; };
                }
                """);
        peer(
                "spine",
                "nodeSelector: {matchLabels: {edge: 'yes'}}, peerAddress: 198.51.100.2,"
                        + " peerAsNumber: 64513, multihop: 2, localAsNumber: 64999,"
                        + " sourceAddress: 192.0.2.101");

        awaitSessions(bed, 1, 2);
        awaitSessions(bed, 2, 1);
        bed.awaitAllReach(1400);
        assertThat(sessions(bed, 1))
                .extracting(BgpSession::localAsNumber, BgpSession::asNumber)
                .containsExactlyInAnyOrder(
                        org.assertj.core.groups.Tuple.tuple("64601", "64602"),
                        org.assertj.core.groups.Tuple.tuple("64999", "64513"));
        NodesBed.await(
                "the spine's route",
                () -> NodesBed.has(spine, "ip route", "10.244.1.0/24 via 198.51.100.1"));
        NodesBed.await(
                "the node's",
                () -> NodesBed.has(bed.node(1), "ip route", "203.0.113.1 via 192.0.2.254"));
        UdpFlow out = UdpFlow.start(bed.pod(1), spine, "203.0.113.1");
        UdpFlow in = UdpFlow.start(spine, bed.pod(1), NodesBed.address(1, 2, true));
        for (UdpFlow flow : List.of(out, in)) {
            UdpFlow.Result result = flow.end(ENOUGH);
            assertThat(result.lost()).as("of " + result.sent()).isZero();
        }
    }
}
