package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cluster.IpBlockSpec;
import dev.kakehashi.cluster.IpBlockSpec.GivenUp;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.carrier.ClusterState;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;

/** What the bridge of a lender's pods answers for. */
@KernelTest
class BridgeNeighboursKernelTest {
    private static final Network NETWORK =
            Network.of("pods", List.of(IpPrefix.parse("10.244.0.0/16")));

    private static InetAddress address(String text) {
        return InetAddress.ofLiteral(text);
    }

    private static IpBlockSpec block(String cidr, String network, String node, GivenUp... given) {
        return new IpBlockSpec(
                IpPrefix.parse(cidr),
                "pool",
                network,
                node,
                IpBlockSpec.State.CONFIRMED,
                1,
                "",
                List.of(given));
    }

    @Test
    void lent_isWhatOthersBorrowedOfTheNodesBlocks() {
        GivenUp offered = GivenUp.of(address("10.244.1.9"));
        ClusterState cluster =
                new ClusterState(
                        List.of(),
                        List.of(
                                block(
                                        "10.244.1.0/28",
                                        "pods",
                                        "a",
                                        offered,
                                        GivenUp.of(address("10.244.1.8")).borrowedBy("b")),
                                block("10.244.2.0/28", "pods", "b", offered.borrowedBy("a")),
                                block("10.245.1.0/28", "more", "a", offered.borrowedBy("b"))),
                        List.of());

        assertThat(BridgeNeighbours.lent(NETWORK, "a", cluster))
                .containsExactly(address("10.244.1.8"));
    }

    @Test
    void borrowedOfTheBridgesSubnet_isAnsweredFor_untilItIsBack(TestNamespaces namespaces)
            throws Exception {
        Netns host = namespaces.create();
        NodesBed.sh(
                host,
                """
                ip link add cni0 type bridge
                ip address add 10.244.1.1/28 dev cni0
                ip link add v0 type veth peer name v1
                ip link set v0 master cni0
                ip neighbour add proxy 10.244.1.5 dev cni0
                """);
        try (RtNetlink kernel = RtNetlink.open(host)) {
            BridgeNeighbours neighbours = new BridgeNeighbours(host, kernel);

            keep(neighbours, kernel, Set.of(address("10.244.1.8"), address("10.244.2.8")));
            assertThat(answered(host))
                    .containsExactlyInAnyOrder(
                            "10.244.1.5 dev cni0 proxy", "10.244.1.8 dev cni0 proxy proto 75");

            keep(neighbours, kernel, Set.of());
            assertThat(answered(host)).containsExactly("10.244.1.5 dev cni0 proxy");
        }
    }

    private static void keep(BridgeNeighbours neighbours, RtNetlink kernel, Set<InetAddress> lent)
            throws IOException {
        neighbours.keep(NETWORK, kernel.links(), List.of(), lent);
    }

    private static List<String> answered(Netns host) throws IOException {
        return TestNamespaces.run(host, "ip", "neighbour", "show", "proxy")
                .lines()
                .map(String::strip)
                .toList();
    }
}
