package dev.kakehashi.cluster.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cluster.CarrierName;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.Sysctl;

import org.junit.jupiter.api.Test;

import java.util.List;

/** A node that is being taken over from Flannel by WireGuard. */
class TakeOverTest {
    private static final Network NETWORK =
            Cluster.NETWORK.withSpec(Cluster.NETWORK.spec().withCarrier(CarrierName.WIREGUARD));

    private static List<String> loosened(List<String> beside) throws Exception {
        SelfNode self = Cluster.self(NETWORK, 1).withTunnelsBeside(beside);
        ClusterState cluster = ClusterState.of(Cluster.nodes(NETWORK, 3));
        return NodeCompiler.compile(NETWORK, self, cluster).desired().in(NamespaceId.HOST).stream()
                .filter(Sysctl.class::isInstance)
                .map(Sysctl.class::cast)
                .filter(sysctl -> sysctl.path().endsWith("/rp_filter"))
                .map(sysctl ->
                        sysctl.device().orElse("")
                                + "="
                                + sysctl.value()
                                + (sysctl.required() ? "" : " if it is there"))
                .toList();
    }

    @Test
    void whatComesByTheOtherTunnel_mayBeAnsweredByOurs() throws Exception {
        assertThat(loosened(List.of("flannel-wg", "flannel-wg-v6")))
                .containsExactlyInAnyOrder(
                        "flannel-wg=2 if it is there",
                        "flannel-wg-v6=2 if it is there",
                        "kakehashi-wg=2");
        assertThat(loosened(List.of())).containsExactly("kakehashi-wg=2");
    }
}
