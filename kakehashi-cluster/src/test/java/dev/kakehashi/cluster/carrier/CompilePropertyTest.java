package dev.kakehashi.cluster.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cluster.CarrierName;
import dev.kakehashi.cluster.CrossSubnet;
import dev.kakehashi.cluster.IpipSpec;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.NodeAnnotations;
import dev.kakehashi.cluster.VxlanSpec;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.state.FdbEntry;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.Neighbour;
import dev.kakehashi.state.NextHop;
import dev.kakehashi.state.Resource;
import dev.kakehashi.state.Route;
import dev.kakehashi.state.WireguardTunnel;
import dev.kakehashi.testing.Seeds;

import org.junit.jupiter.api.Test;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/** What must hold for whatever nodes there are. */
class CompilePropertyTest {
    /** The carriers whose routes are ours: those of bgp are BIRD's. */
    private static final CarrierName[] ROUTING = {
        CarrierName.VXLAN, CarrierName.HOST_GW, CarrierName.IPIP, CarrierName.WIREGUARD
    };

    private static final int ROUNDS = 300;

    private record Case(Network network, int self, List<Node> nodes) {}

    private static Case anyCase(RandomGenerator random) {
        CarrierName carrier = any(random, ROUTING);
        CrossSubnet cross = any(random, CrossSubnet.values());
        boolean ipv4Only = carrier == CarrierName.IPIP || cross == CrossSubnet.IPIP;
        Network network = ipv4Only || random.nextBoolean() ? Cluster.NETWORK : Cluster.DUAL;
        network =
                network.withSpec(
                        network.spec()
                                .withCarrier(carrier)
                                .withCrossSubnet(cross)
                                .withIpip(new IpipSpec(random.nextBoolean()))
                                .withVxlan(new VxlanSpec(1, 8472, random.nextBoolean())));
        List<Node> nodes = new ArrayList<>(Cluster.nodes(network, random.nextInt(1, 40)));
        int self = random.nextInt(1, nodes.size() + 1);
        for (int i = 0; i < nodes.size(); i++) {
            nodes.set(i, disturbed(random, nodes.get(i)));
        }
        Collections.shuffle(nodes, Random.from(random));
        return new Case(network, self, nodes);
    }

    private static <T> T any(RandomGenerator random, T[] values) {
        return values[random.nextInt(values.length)];
    }

    /** Now and then something is missing, wrong or taken from another node. */
    private static Node disturbed(RandomGenerator random, Node node) {
        int other = random.nextInt(1, 40);
        return switch (random.nextInt(20)) {
            case 0 -> node.withPodCidrs(List.of());
            case 1 ->
                    node.withMetadata(
                            node.metadata().with(NodeAnnotations.FLANNEL_PUBLIC_IP, "nonsense"));
            case 2 -> node.withPodCidrs(List.of(IpPrefix.parse("10.244." + other + ".0/24")));
            case 3 ->
                    node.withMetadata(
                            node.metadata()
                                    .with(
                                            NodeAnnotations.VTEP_MAC,
                                            Cluster.vtep(other).toString()));
            case 6 ->
                    node.withMetadata(
                            node.metadata()
                                    .with(
                                            NodeAnnotations.WIREGUARD_PUBLIC_KEY,
                                            Cluster.tunnelKey(other).publicKey().toString()));
            case 7 ->
                    node.withMetadata(
                            node.metadata().with(NodeAnnotations.WIREGUARD_PUBLIC_KEY, "?"));
            case 4 -> node.withMetadata(node.metadata().with(NodeAnnotations.VTEP_MAC, "?"));
            case 5 ->
                    node.withMetadata(
                            node.metadata()
                                    .with(NodeAnnotations.FLANNEL_PUBLIC_IP, "192.0.2." + other));
            default -> node;
        };
    }

    private static <R extends Resource> List<R> all(NodeState state, Class<R> type) {
        return state.desired().in(NamespaceId.HOST).stream()
                .filter(type::isInstance)
                .map(type::cast)
                .toList();
    }

    @Test
    void everyPeer_hasOneRouteOfEachFamilyOrIsNamedWithAReason() throws Exception {
        RandomGenerator random = Seeds.random();
        for (int round = 0; round < ROUNDS; round++) {
            Case c = anyCase(random);
            NodeState state = Cluster.compile(c.network(), c.self(), c.nodes());
            Set<IpPrefix> routed = new HashSet<>();
            for (Route route : all(state, Route.class)) {
                assertThat(routed.add(route.destination()))
                        .as("two routes to %s", route.destination())
                        .isTrue();
            }
            SelfNode self = Cluster.self(c.network(), c.self());
            Peers peers = Peers.of(c.network(), self, ClusterState.of(c.nodes()));
            int wanted = 0;
            for (Peer peer : peers.usable()) {
                for (Peer.Endpoint endpoint : peer.endpoints()) {
                    wanted++;
                    boolean refused =
                            state.refused().stream().anyMatch(r -> r.name().equals(peer.name()));
                    assertThat(routed.containsAll(endpoint.subnets()) || refused)
                            .as("%s is reached or refused", peer)
                            .isTrue();
                }
            }
            assertThat(routed.size()).isLessThanOrEqualTo(wanted);
            for (IpPrefix destination : routed) {
                assertThat(self.subnets()).noneMatch(destination::overlaps);
            }
        }
    }

    @Test
    void everyOverlayRoute_hasItsNeighbourAndForwardingEntryAndNoMore() throws Exception {
        RandomGenerator random = Seeds.random();
        for (int round = 0; round < ROUNDS; round++) {
            Case c = anyCase(random);
            NodeState state = Cluster.compile(c.network(), c.self(), c.nodes());
            Map<Object, Neighbour> neighbours =
                    all(state, Neighbour.class).stream()
                            .collect(Collectors.toMap(Neighbour::address, Function.identity()));
            Map<Object, FdbEntry> entries =
                    all(state, FdbEntry.class).stream()
                            .collect(
                                    Collectors.toMap(
                                            e -> e.device() + e.mac(), Function.identity()));
            int overlay = 0;
            for (Route route : all(state, Route.class)) {
                NextHop hop = route.nextHops().getFirst();
                if (hop.device().equals(Optional.of("kakehashi-wg"))) {
                    assertThat(hop.via()).isEmpty();
                    assertThat(all(state, WireguardTunnel.class))
                            .filteredOn(t -> t.peer().allowedIps().contains(route.destination()))
                            .hasSize(1);
                } else if (hop.device().equals(Optional.of(DeviceNames.IPIP))) {
                    assertThat(hop.onlink()).isTrue();
                    assertThat(addressesOf(c)).contains(hop.via().orElseThrow());
                } else if (hop.onlink()) {
                    overlay++;
                    Neighbour neighbour =
                            Objects.requireNonNull(neighbours.get(hop.via().orElseThrow()));
                    assertThat(entries)
                            .containsKey(neighbour.device() + neighbour.mac().orElseThrow());
                    assertThat(hop.device()).contains(neighbour.device());
                } else {
                    assertThat(hop.device()).contains("eth0");
                    assertThat(Cluster.underlay(c.self()).isOnLink(hop.via().orElseThrow()))
                            .isTrue();
                }
            }
            assertThat(neighbours).hasSize(overlay);
            assertThat(entries).hasSize(overlay);
        }
    }

    private static List<InetAddress> addressesOf(Case c) {
        return Peers.of(
                        c.network(),
                        Cluster.self(c.network(), c.self()),
                        ClusterState.of(c.nodes()))
                .usable()
                .stream()
                .flatMap(peer -> peer.endpoints().stream())
                .map(Peer.Endpoint::underlay)
                .toList();
    }

    @Test
    void result_doesNotDependOnTheOrderOfNodes() throws Exception {
        RandomGenerator random = Seeds.random();
        for (int round = 0; round < ROUNDS / 3; round++) {
            Case c = anyCase(random);
            List<Node> shuffled = new ArrayList<>(c.nodes());
            Collections.shuffle(shuffled, Random.from(random));

            assertThat(Cluster.compile(c.network(), c.self(), shuffled))
                    .isEqualTo(Cluster.compile(c.network(), c.self(), c.nodes()));
        }
    }

    @Test
    void twoNodesOfASegment_routeToEachOtherTheSameWay() throws Exception {
        RandomGenerator random = Seeds.random();
        for (int round = 0; round < ROUNDS / 3; round++) {
            Case any = anyCase(random);
            List<Node> nodes = Cluster.nodes(any.network(), 20);
            int left = random.nextInt(1, 21);
            int right = random.nextInt(1, 21);
            if (left != right) {
                assertThat(isDirect(any.network(), left, right, nodes))
                        .isEqualTo(isDirect(any.network(), right, left, nodes));
            }
        }
    }

    private static List<Boolean> isDirect(Network network, int from, int to, List<Node> nodes)
            throws UnusableNetworkException {
        return all(Cluster.compile(network, from, nodes), Route.class).stream()
                .filter(route -> Cluster.subnets(network, to).contains(route.destination()))
                .map(route -> route.nextHops().getFirst().device().equals(Optional.of("eth0")))
                .toList();
    }
}
