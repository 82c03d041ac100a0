package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.agent.bird.BgpSession;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.testing.TestNamespaces;
import dev.kakehashi.testing.UdpFlow;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Pods with IPv4 addresses where nodes and routers have none towards each other: IPv4 routes have
 * next hops of IPv6 (RFC 8950).
 */
@Tag("peers")
class FabricOverIpv6PeersTest extends FabricTest {
    private static final FabricFamily IPV4 = new FabricFamily(true);
    private static final FabricFamily IPV6 = new FabricFamily(false);

    @ParameterizedTest
    @EnumSource(names = {"IPV4", "DUAL"})
    void mesh_carriesIpv4_andKeepsItsNextHops(Families pods, TestNamespaces namespaces)
            throws Exception {
        NodesBed bed = bed(namespaces, pods, "carrier: bgp");
        bed.start(2, Families.IPV6);
        awaitSessions(bed, 1, 1);
        awaitSessions(bed, 2, 1);
        bed.awaitAllReach(1400);
        awaitIpv4(bed.node(1), IPV4.pods(2) + " via inet6 " + IPV6.on(2) + " dev eth0 proto bird");

        NodesBed.sh(bed.node(1), "ip route del " + IPV4.pods(2));
        awaitIpv4(bed.node(1), IPV4.pods(2) + " via inet6 " + IPV6.on(2) + " dev eth0 proto bird");

        UdpFlow there = UdpFlow.start(bed.pod(1), bed.pod(2), IPV4.pod(2));
        UdpFlow back = UdpFlow.start(bed.pod(2), bed.pod(1), IPV4.pod(1));
        long bird = Speakers.pid(pidFile(bed, 1));
        Speakers.kill(pidFile(bed, 1));
        NodesBed.await(
                "another BIRD", () -> !List.of(0L, bird).contains(Speakers.pid(pidFile(bed, 1))));
        awaitSessions(bed, 1, 1);
        UdpFlow.endWithoutLoss(List.of(there, back));
        assertThat(NodesBed.has(bed.node(1), "ip route", IPV4.pods(2) + " via inet6")).isTrue();
    }

    /** The second node has no IPv4 address. */
    @Test
    void mesh_carriesIpv4_whereOneNodeHasIt(TestNamespaces namespaces) throws Exception {
        NodesBed bed = bed(namespaces, Families.IPV4, "carrier: bgp");
        bed.prepare((i, node) -> {
            if (i == 2) {
                NodesBed.sh(node, "ip addr del 192.0.2.2/24 dev eth0");
            }
        });
        bed.start(2, Families.DUAL);

        awaitSessions(bed, 1, 1);
        bed.awaitAllReach(1400);
        awaitIpv4(bed.node(1), IPV4.pods(2) + " via inet6 " + IPV6.on(2));
        awaitIpv4(bed.node(2), IPV4.pods(1) + " via inet6 " + IPV6.on(1));
    }

    @Test
    void frrAndBird_tellAndTakeIpv4RoutesByIpv6(TestNamespaces namespaces) throws Exception {
        FabricBed fabric = fabric(namespaces, Families.IPV4, "nodeMesh: true");
        NodesBed bed = fabric.nodes();
        // FRR sends router advertisements to such neighbours: addresses by them would be others.
        bed.prepare((_, node) -> NodesBed.sh(node, "sysctl -qw net.ipv6.conf.eth0.accept_ra=0"));
        bed.start(2, Families.IPV6);
        Netns torA = router(bed, 254);
        Netns torB = router(bed, 253);
        Netns hostA = fabric.host(torA, 0);
        Netns hostB = fabric.host(torB, 1);
        NodesBed.sh(hostB, IPV4.addHost(IPV4.beyond(1), "lo"));
        NodesBed.sh(torB, "ip route add %s via %s".formatted(IPV4.beyond(), IPV4.wire(1, 2)));
        fabric.frr(torA, frr());
        fabric.bird(torB, bird("extended next hop; "));
        String spec = "peerAddress: '%s', peerAsNumber: %d, ipFamilies: [IPv4]";
        peer("tor-a", spec.formatted(IPV6.on(254), 64513));
        peer("tor-b", spec.formatted(IPV6.on(253), 64514));

        awaitSessions(bed, 1, 3);
        awaitSessions(bed, 2, 3);
        for (int i = 1; i <= 2; i++) {
            awaitIpv4(bed.node(i), "default via inet6 ");
            awaitIpv4(bed.node(i), IPV4.beyond() + " via inet6 ");
            awaitIpv4(torA, IPV4.pods(i) + " nhid ");
            awaitIpv4(torB, IPV4.pods(i) + " via inet6 ");
        }
        assertThat(NodesBed.has(bed.node(1), "ip -4 addr show eth0 scope global", "inet "))
                .isFalse();
        List<UdpFlow> flows = new ArrayList<>();
        flows.add(UdpFlow.start(bed.pod(1), hostA, IPV4.wire(0, 2)));
        flows.add(UdpFlow.start(bed.pod(2), hostB, IPV4.beyond(1)));
        flows.add(UdpFlow.start(hostA, bed.pod(1), IPV4.pod(1)));
        flows.add(UdpFlow.start(hostB, bed.pod(2), IPV4.pod(2), 1, UdpFlow.PER_SECOND));
        UdpFlow.endWithoutLoss(flows);
    }

    /** On the nodes' segment, without an IPv4 address there. */
    private static Netns router(NodesBed bed, int n) throws Exception {
        Netns router = bed.segment().stranger();
        NodesBed.sh(router, "sysctl -qw net.ipv4.ip_forward=1");
        NodesBed.sh(router, IPV6.add(IPV6.on(n), "eth0"));
        // FRR ends its sessions as long as it has no link-local address to tell.
        NodesBed.await(
                "its link-local address",
                () -> !NodesBed.has(router, "ip -6 address show tentative", "inet6"));
        return router;
    }

    private static String frr() {
        StringBuilder text =
                new StringBuilder("bgp router-id 192.0.2.254\nno bgp default ipv4-unicast\n");
        for (int i = 1; i <= 2; i++) {
            text.append(
                    "neighbor %1$s remote-as 64512\nneighbor %1$s timers connect 1\nneighbor %1$s capability extended-nexthop\n"
                            .formatted(IPV6.on(i)));
        }
        text.append("address-family ipv4 unicast\n");
        for (int i = 1; i <= 2; i++) {
            text.append(
                    "neighbor %1$s activate\nneighbor %1$s default-originate\n"
                            .formatted(IPV6.on(i)));
        }
        return text.append("exit-address-family\n").toString();
    }

    @Test
    void routerThatDoesNotAnnounceIt_learnsNothing_andTheSessionStands(TestNamespaces namespaces)
            throws Exception {
        FabricBed fabric = fabric(namespaces, Families.IPV4, "nodeMesh: true");
        NodesBed bed = fabric.nodes();
        bed.start(1, Families.IPV6);
        Netns tor = router(bed, 253);
        NodesBed.sh(tor, "ip route add blackhole " + IPV4.beyond());
        fabric.bird(tor, bird(""));
        peer(
                "tor",
                "peerAddress: '%s', peerAsNumber: 64514, ipFamilies: [IPv4]"
                        .formatted(IPV6.on(253)));

        awaitSessions(bed, 1, 1);
        TimeUnit.SECONDS.sleep(3);
        assertThat(sessions(bed, 1)).allMatch(BgpSession::isEstablished);
        String known = Speakers.birdc(directory.resolve("fabric/bird.ctl"), "show route");
        assertThat(known).contains(IPV4.beyond()).doesNotContain(IPV4.pods(1));
        assertThat(NodesBed.has(bed.node(1), "ip route", IPV4.beyond())).isFalse();
    }

    private static String bird(String capability) {
        StringBuilder text = new StringBuilder("router id 192.0.2.253;\n");
        text.append(RouterTexts.kernel(IPV4));
        for (int i = 1; i <= 2; i++) {
            text.append(
                    "protocol bgp node%d { local %s as 64514; neighbor %s as 64512; direct; ipv4 { %simport all; export where net = %s; }; }\n"
                            .formatted(i, IPV6.on(253), IPV6.on(i), capability, IPV4.beyond()));
        }
        return text.toString();
    }

    private static void awaitIpv4(Netns netns, String route) throws Exception {
        NodesBed.await(route, () -> NodesBed.has(netns, "ip route", route));
    }
}
