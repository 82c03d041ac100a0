package dev.kakehashi.cluster.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cluster.CarrierName;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.NodeAnnotations;
import dev.kakehashi.cluster.TunnelDevice;
import dev.kakehashi.linux.IpPrefix;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a node has in its kernel while keys are rotated. */
class RotatingCompileTest {
    private static final Network NETWORK = network();

    /** Keys of nodes on the second device. */
    private static final int ANOTHER = 100;

    private static Network network() {
        Network network = Network.of("pods", List.of(IpPrefix.parse("10.244.0.0/16")));
        return network.withSpec(network.spec().withCarrier(CarrierName.WIREGUARD));
    }

    private static SelfNode self() {
        return Cluster.self(NETWORK, 1)
                .withTunnelKeys(
                        Map.of(
                                TunnelDevice.FIRST,
                                new NodeTunnelKey(Cluster.tunnelKey(1), "/state/wireguard.key"),
                                TunnelDevice.SECOND,
                                new NodeTunnelKey(Cluster.tunnelKey(1), "/state/wireguard-2.key")));
    }

    private static Node saying(Node node, int second) {
        return node.withMetadata(
                node.metadata()
                        .with(
                                NodeAnnotations.WIREGUARD_PUBLIC_KEY_2,
                                Cluster.tunnelKey(second).publicKey().toString()));
    }

    /** One that made a new key, one that has not and uses its first for both, one of before. */
    private static List<Node> nodes() {
        List<Node> nodes = new ArrayList<>(Cluster.nodes(NETWORK, 4));
        nodes.set(1, saying(nodes.get(1), ANOTHER + 2));
        nodes.set(2, saying(nodes.get(2), 3));
        return nodes;
    }

    private static List<String> lines(Ways ways) throws UnusableNetworkException {
        return Cluster.text(NodeCompiler.compile(NETWORK, ways, self(), ClusterState.of(nodes())))
                .lines()
                .map(String::strip)
                .toList();
    }

    @Test
    void bothDevices_eachWithItsPortAndPeers_andOneRouteInFront() throws Exception {
        Ways ways =
                new Ways(
                        Set.of(Way.WIREGUARD, Way.WIREGUARD_2),
                        Way.WIREGUARD,
                        Map.of("node-2", Way.WIREGUARD_2));

        assertThat(lines(ways))
                .contains(
                        "wg set kakehashi-wg listen-port 51820 private-key /state/wireguard.key",
                        "wg set kakehashi-wg2 listen-port 51821 private-key /state/wireguard-2.key",
                        peer("kakehashi-wg", 2, 2, 51820),
                        peer("kakehashi-wg2", ANOTHER + 2, 2, 51821),
                        peer("kakehashi-wg", 3, 3, 51820),
                        peer("kakehashi-wg2", 3, 3, 51821),
                        peer("kakehashi-wg", 4, 4, 51820),
                        "ip route add 10.244.2.0/24 dev kakehashi-wg2 scope link proto 75",
                        "ip route add 10.244.2.0/24 dev kakehashi-wg metric 2051 scope link proto"
                                + " 75",
                        "ip route add 10.244.3.0/24 dev kakehashi-wg scope link proto 75",
                        "ip route add 10.244.3.0/24 dev kakehashi-wg2 metric 2054 scope link proto"
                                + " 75",
                        "udp dport 51820 ip saddr != @nodes counter drop comment \"overlay packets"
                                + " of strangers\"",
                        "udp dport 51821 ip saddr != @nodes counter drop comment \"overlay packets"
                                + " of strangers\"")
                .doesNotContain(peer("kakehashi-wg2", 4, 4, 51821))
                .noneMatch(line -> line.startsWith("# set aside"));
    }

    @Test
    void whenItIsDone_onlyTheSecondIsThere() throws Exception {
        Ways ways = new Ways(Set.of(Way.WIREGUARD_2), Way.WIREGUARD_2, Map.of());

        assertThat(lines(ways))
                .contains("ip route add 10.244.2.0/24 dev kakehashi-wg2 scope link proto 75")
                .noneMatch(line -> line.contains("kakehashi-wg ") || line.contains("dport 51820"));
    }

    private static String peer(String device, int key, int node, int port) {
        return "wg set %s peer %s endpoint 192.0.2.%d:%d allowed-ips 10.244.%d.0/24"
                .formatted(device, Cluster.tunnelKey(key).publicKey(), node, port, node);
    }
}
