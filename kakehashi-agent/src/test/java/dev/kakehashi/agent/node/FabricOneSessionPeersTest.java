package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.testing.TestNamespaces;
import dev.kakehashi.testing.UdpFlow;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

/**
 * Nodes with addresses of both families, whose routes go over one session with each router: FRR by
 * IPv4, BIRD by IPv6. Behind each is a host.
 */
@Tag("peers")
class FabricOneSessionPeersTest extends FabricTest {
    private static final FabricFamily IPV4 = new FabricFamily(true);
    private static final FabricFamily IPV6 = new FabricFamily(false);

    /** It tells nodes, by their IPv4 addresses, the default route of each family. */
    private static String frr() {
        StringBuilder text =
                new StringBuilder("bgp router-id 192.0.2.254\nno bgp default ipv4-unicast\n");
        for (int i = 1; i <= 2; i++) {
            text.append(
                    "neighbor %1$s remote-as 64512\nneighbor %1$s timers connect 1\n"
                            .formatted(IPV4.on(i)));
        }
        for (FabricFamily family : List.of(IPV4, IPV6)) {
            text.append("address-family " + family.word() + " unicast\n");
            for (int i = 1; i <= 2; i++) {
                text.append(
                        "neighbor %1$s activate\nneighbor %1$s default-originate\n"
                                .formatted(IPV4.on(i)));
            }
            text.append("exit-address-family\n");
        }
        return text.toString();
    }

    private static String bird() {
        StringBuilder text = new StringBuilder("router id 192.0.2.253;\n");
        text.append(RouterTexts.kernel(IPV4)).append(RouterTexts.kernel(IPV6));
        for (int i = 1; i <= 2; i++) {
            text.append(
                    "protocol bgp node%d { local %s as 64514; neighbor %s as 64512; direct;\n"
                            .formatted(i, IPV6.on(253), IPV6.on(i)));
            for (FabricFamily family : List.of(IPV4, IPV6)) {
                text.append(
                        "%s { import all; export where net = %s; };\n"
                                .formatted(family.word(), family.beyond()));
            }
            text.append("}\n");
        }
        return text.toString();
    }

    @Test
    void bothFamilies_passOverOneSession(TestNamespaces namespaces) throws Exception {
        FabricBed fabric = fabric(namespaces, Families.DUAL, "nodeMesh: true");
        NodesBed bed = fabric.nodes();
        bed.start(2, Families.DUAL);
        Netns torA = fabric.router(254);
        Netns torB = fabric.router(253);
        Netns hostA = fabric.host(torA, 0);
        Netns hostB = fabric.host(torB, 1);
        for (FabricFamily family : fabric.families()) {
            NodesBed.sh(hostB, family.addHost(family.beyond(1), "lo"));
            NodesBed.sh(
                    torB, "ip route add %s via %s".formatted(family.beyond(), family.wire(1, 2)));
        }
        fabric.frr(torA, frr());
        fabric.bird(torB, bird());
        String both = "peerAddress: '%s', peerAsNumber: %d, ipFamilies: [IPv4, IPv6]";
        peer("tor-a", both.formatted(IPV4.on(254), 64513));
        peer("tor-b", both.formatted(IPV6.on(253), 64514));

        awaitSessions(bed, 1, 4);
        awaitSessions(bed, 2, 4);
        assertThat(sessions(bed, 1))
                .filteredOn(session -> session.peer().startsWith("BGPPeer"))
                .allSatisfy(session -> assertThat(session.sent()).isEqualTo(2));
        List<UdpFlow> flows = new ArrayList<>();
        for (FabricFamily family : fabric.families()) {
            for (String network : List.of("default", family.beyond())) {
                awaitRoute(bed.node(1), family, network, "bird");
            }
            awaitRoute(torA, family, family.pods(1), "bgp");
            awaitRoute(torB, family, family.pods(1), "bird");
            flows.add(UdpFlow.start(bed.pod(1), hostA, family.wire(0, 2)));
            flows.add(UdpFlow.start(bed.pod(1), hostB, family.beyond(1)));
            flows.add(UdpFlow.start(hostA, bed.pod(1), family.pod(1)));
            flows.add(UdpFlow.start(hostB, bed.pod(1), family.pod(1), 1, UdpFlow.PER_SECOND));
        }
        UdpFlow.endWithoutLoss(flows);
    }

    private static void awaitRoute(
            Netns netns, FabricFamily family, String network, String protocol) throws Exception {
        NodesBed.await(
                network,
                () ->
                        NodesBed.has(
                                netns, family.routes() + "show " + network, "proto " + protocol));
    }
}
