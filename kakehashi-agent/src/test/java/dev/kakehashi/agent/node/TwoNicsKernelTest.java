package dev.kakehashi.agent.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.node.Underlay;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.rtnetlink.RtNetlink;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Nodes with two interfaces: the default route is by eth0, other nodes are to be reached by eth1.
 */
@KernelTest
class TwoNicsKernelTest {
    @TempDir Path store;

    /** Wires eth1 of a node to a second segment. */
    private static void wire(Netns second, Netns node, int number) throws Exception {
        NodesBed.sh(
                second,
                "ip link add m%1$d type veth peer name eth1 netns %2$s; ip link set m%1$d master br1 up"
                        .formatted(number, NodesBed.path(node)));
        NodesBed.sh(
                node,
                """
                ip addr add 198.51.100.%1$d/24 dev eth1
                ip addr add 2001:db8:2::%1$d/64 dev eth1 nodad
                ip link set eth1 up
                ip route add default via 192.0.2.254
                ip route add 203.0.113.0/24 via 198.51.100.254
                """
                        .formatted(number));
    }

    private static Netns segment(TestNamespaces namespaces) throws Exception {
        Netns second = namespaces.create();
        NodesBed.sh(second, "ip link add br1 type bridge; ip link set br1 up");
        return second;
    }

    private static Netns node(TestNamespaces namespaces) throws Exception {
        Netns node = namespaces.create();
        NodesBed.sh(
                node,
                "ip link set lo up; ip link add eth0 type veth peer name wire; ip link set wire up;"
                        + " ip link set eth0 up; ip addr add 192.0.2.1/24 dev eth0");
        wire(segment(namespaces), node, 1);
        return node;
    }

    private static Underlay choice(Netns node, String wanted) throws Exception {
        Network network = Network.of("pods", List.of(IpPrefix.parse("10.244.0.0/16")));
        try (RtNetlink kernel = RtNetlink.open(node)) {
            return UnderlayChoice.of(
                    node, kernel, network, Optional.of(wanted).map(WantedUnderlay::parse));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "eth1, eth1, 198.51.100.1",
        "198.51.100.0/24, eth1, 198.51.100.1",
        "interface=eth, eth0, 192.0.2.1",
        "interface=^(mgmt|eth1), eth1, 198.51.100.1",
        "skip-interface=1$, eth0, 192.0.2.1",
        "skip-interface=^eth0, eth1, 198.51.100.1",
        "can-reach=198.51.100.77, eth1, 198.51.100.1",
        "can-reach=203.0.113.9, eth1, 198.51.100.1",
        "can-reach=192.88.99.1, eth0, 192.0.2.1",
        "can-reach=2001:db8:2::77, eth1, 2001:db8:2::1",
    })
    void eachWay_choosesTheRightOne(
            String wanted, String device, String first, TestNamespaces namespaces)
            throws Exception {
        Underlay underlay = choice(node(namespaces), wanted);

        assertThat(underlay.device()).isEqualTo(device);
        assertThat(underlay.addresses().getFirst().address().getHostAddress())
                .isEqualTo(InetAddress.ofLiteral(first).getHostAddress());
    }

    /** The kernel would send from another address of the interface than the first. */
    @Test
    void canReach_takesTheAddressThatTheRouteHas(TestNamespaces namespaces) throws Exception {
        Netns node = node(namespaces);
        NodesBed.sh(
                node,
                "ip addr add 198.18.0.1/24 dev eth1;"
                        + " ip route add 198.19.0.0/16 via 198.18.0.254 src 198.18.0.1");

        assertThat(choice(node, "can-reach=198.19.0.1").addresses().getFirst())
                .hasToString("198.18.0.1/24");
    }

    @ParameterizedTest
    @CsvSource({
        "interface=^ens, 'no interface that is up and has an address is as interface=^ens says; there are eth0, eth1'",
        "skip-interface=., 'no interface that is up and has an address is as skip-interface=. says; there are eth0, eth1'",
        "can-reach=2001:db8:3::1, 'can-reach=2001:db8:3::1: no route leads there; there are eth0, eth1'",
        "can-reach=198.51.100.1, 'can-reach=198.51.100.1 is not another host''s address; there are eth0, eth1'",
        "can-reach=198.18.5.5, 'can-reach=198.18.5.5: no route leads there; there are eth0, eth1'",
    })
    void noneFits_isSaidWithWhatThereIs(String wanted, String message, TestNamespaces namespaces)
            throws Exception {
        Netns node = node(namespaces);
        NodesBed.sh(node, "ip route add prohibit 198.18.0.0/15");

        assertThatThrownBy(() -> choice(node, wanted))
                .isInstanceOf(NoUnderlayException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"interface=^eth1$", "skip-interface=^eth0", "can-reach=203.0.113.9"})
    void nodes_reachEachOtherByIt_andAnotherAddressIsFollowed(
            String wanted, TestNamespaces namespaces) throws Exception {
        Netns second = segment(namespaces);
        try (NodesBed bed = new NodesBed(namespaces, store, Families.IPV4)) {
            bed.network("carrier: vxlan");
            bed.prepare((number, node) -> wire(second, node, number));
            bed.underlay(wanted);
            bed.start(2, Families.IPV4);
            bed.awaitAllReach(16);
            assertThat(bed.record(1)).contains("198.51.100.1").doesNotContain("192.0.2.1");
            assertThat(TestNamespaces.run(bed.node(1), "bridge", "fdb"))
                    .contains("dst 198.51.100.2")
                    .doesNotContain("192.0.2.2");

            NodesBed.sh(
                    bed.node(1),
                    """
                    ip addr del 198.51.100.1/24 dev eth1; ip addr add 198.51.100.101/24 dev eth1
                    ip route replace 203.0.113.0/24 via 198.51.100.254
                    """);

            NodesBed.await("the new address", () -> bed.record(1).contains("198.51.100.101"));
            NodesBed.await(
                    "the peer's entry",
                    () -> NodesBed.has(bed.node(2), "bridge fdb", "dst 198.51.100.101"));
            bed.awaitAllReach(16);
        }
    }
}
