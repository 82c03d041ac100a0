package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.agent.bird.BgpSession;
import dev.kakehashi.testing.TestNamespaces;
import dev.kakehashi.testing.UdpFlow;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.util.List;

/** Real agents and BIRDs with a router between that carries less than the nodes' interfaces. */
@Tag("peers")
class BgpMtuPeersTest extends BirdTest {
    @Test
    void narrowPath_isOnBirdsRoute_whichIsReplacedWithoutLoss(TestNamespaces namespaces)
            throws Exception {
        NodesBed bed = bed(namespaces, Families.IPV4, "carrier: bgp");
        bed.segment().routeBetween();
        bed.start(2, Families.IPV4);
        bed.segment().routePods(1);
        bed.segment().routePods(2);
        awaitSessions(bed, 1, 1);
        bed.awaitAllReach(1400);
        List<BgpSession> before = sessions(bed, 1);
        UdpFlow there = UdpFlow.start(bed.pod(1), bed.pod(2), NodesBed.address(2, 2, true));

        bed.segment().routerMtu(2, 1400);
        // A peer that says another MTU is asked anew.
        NodesBed.sh(bed.node(2), "ip link set eth0 mtu 1490");
        NodesBed.await(
                "the MTU of the route",
                () ->
                        NodesBed.has(
                                bed.node(1),
                                "ip route show 10.244.2.0/24 proto bird",
                                " mtu 1400"));
        assertThat(PathMtuKernelTest.tooLong(bed.pod(1), NodesBed.address(2, 2, true)))
                .contains("mtu 1400");

        bed.segment().routerMtu(2, 1500);
        NodesBed.sh(bed.node(2), "ip link set eth0 mtu 1500");
        NodesBed.await(
                "the wide route",
                () -> !NodesBed.has(bed.node(1), "ip route show 10.244.2.0/24", "mtu"));

        UdpFlow.endWithoutLoss(List.of(there));
        assertThat(sessions(bed, 1)).as("no session began anew").isEqualTo(before);
    }
}
