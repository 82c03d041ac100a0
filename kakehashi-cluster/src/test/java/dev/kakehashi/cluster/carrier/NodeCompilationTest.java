package dev.kakehashi.cluster.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cluster.CarrierName;
import dev.kakehashi.cluster.Metadata;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.NodeAnnotations;
import dev.kakehashi.cluster.TunnelDevice;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.NftTable;
import dev.kakehashi.state.Resource;
import dev.kakehashi.testing.Seeds;

import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

class NodeCompilationTest {
    private static final CarrierName[] ROUTING = {
        CarrierName.VXLAN, CarrierName.HOST_GW, CarrierName.WIREGUARD, CarrierName.BGP
    };

    private static final Instant BEGINNING = Instant.parse("2026-01-01T00:00:00Z");

    /** Nodes of which the later ones are mostly younger, as they are in life. */
    private static List<Node> nodes(Network network, int count, RandomGenerator random) {
        List<Node> nodes = new ArrayList<>();
        for (Node node : Cluster.nodes(network, count)) {
            int age = random.nextInt(10) == 0 ? random.nextInt(count) : nodes.size();
            nodes.add(
                    node.withMetadata(
                            new Metadata(
                                    node.name(),
                                    node.metadata().annotations(),
                                    BEGINNING.plusSeconds(age))));
        }
        return nodes;
    }

    /** Now and then a node says what another says already. */
    private static Node disturbed(RandomGenerator random, Node node) {
        int other = random.nextInt(1, 40);
        return switch (random.nextInt(12)) {
            case 0 -> node.withPodCidrs(List.of());
            case 1 -> node.withPodCidrs(Cluster.nodes(Cluster.DUAL, other).getLast().podCidrs());
            case 2 ->
                    node.withMetadata(
                            node.metadata()
                                    .with(
                                            NodeAnnotations.VTEP_MAC,
                                            Cluster.vtep(other).toString()));
            case 3 -> node.withMetadata(node.metadata().with("example.com/seen", "" + other));
            default -> node;
        };
    }

    private static Ways ways(RandomGenerator random, Network network) {
        Way second = Way.of(ROUTING[random.nextInt(ROUTING.length)], TunnelDevice.FIRST);
        Way first = Way.wanted(network);
        return new Ways(EnumSet.of(first, second), first, Map.of("node-3", second));
    }

    @Test
    void whateverComesAndGoes_theResultIsThatOfCompilingAnew() throws Exception {
        RandomGenerator random = Seeds.random();
        for (int round = 0; round < 20; round++) {
            boolean disturbs = random.nextBoolean();
            CarrierName carrier = ROUTING[random.nextInt(ROUTING.length)];
            Network network = Cluster.DUAL.withSpec(Cluster.DUAL.spec().withCarrier(carrier));
            Ways ways = random.nextBoolean() ? Ways.settled(network) : ways(random, network);
            Network encrypted = network.withSpec(network.spec().withCarrier(CarrierName.WIREGUARD));
            SelfNode self = Cluster.self(encrypted, random.nextInt(1, 6)); // has a key
            List<Node> all = nodes(network, 40, random);
            NodeCompilation compilation = new NodeCompilation();
            List<Node> known = new ArrayList<>();
            while (!all.isEmpty()) {
                for (int i = random.nextInt(4); i >= 0 && !all.isEmpty(); i--) {
                    Node next = all.removeFirst();
                    known.add(disturbs ? disturbed(random, next) : next);
                }
                if (disturbs && random.nextInt(6) == 0) {
                    int which = random.nextInt(known.size());
                    known.set(which, disturbed(random, known.get(which)));
                }
                if (random.nextInt(4) == 0) {
                    known.remove(random.nextInt(known.size()));
                }
                known.sort(Comparator.comparing(Node::name));
                ClusterState cluster = ClusterState.of(known);

                NodeState state = compilation.compile(network, ways, self, cluster);

                NodeState anew = NodeCompiler.compile(network, ways, self, cluster);
                assertThat(state.desired()).isEqualTo(anew.desired());
                assertThat(state.podMtu()).isEqualTo(anew.podMtu());
                assertThat(state.peers()).isEqualTo(anew.peers());
                assertThat(state.refused()).containsExactlyInAnyOrderElementsOf(anew.refused());
            }
        }
    }

    @Test
    void nodeThatGoes_leavesTheOthersAsTheyAre() throws Exception {
        Network network = Cluster.NETWORK;
        List<Node> nodes = new ArrayList<>(Cluster.nodes(network, 9));
        NodeCompilation compilation = new NodeCompilation();
        SelfNode self = Cluster.self(network, 1);
        Ways ways = Ways.settled(network);
        var before = compilation.compile(network, ways, self, ClusterState.of(nodes));
        Node gone = nodes.remove(4);

        var after = compilation.compile(network, ways, self, ClusterState.of(nodes));

        assertThat(after.peers()).hasSize(before.peers().size() - 1).doesNotContain(gone.name());
        Set<Resource> earlier = Collections.newSetFromMap(new IdentityHashMap<>());
        earlier.addAll(before.desired().in(NamespaceId.HOST));
        assertThat(after.desired().in(NamespaceId.HOST))
                .filteredOn(resource -> !(resource instanceof NftTable)) // which names all senders
                .isNotEmpty()
                .allMatch(earlier::contains, "not compiled again");
    }

    @Test
    void nodeThatSaysNothingNew_changesNothing() throws Exception {
        Network network = Cluster.NETWORK;
        List<Node> nodes = new ArrayList<>(Cluster.nodes(network, 5));
        NodeCompilation compilation = new NodeCompilation();
        SelfNode self = Cluster.self(network, 1);
        NodeState before =
                compilation.compile(network, Ways.settled(network), self, ClusterState.of(nodes));
        Node last = nodes.removeLast();
        nodes.add(last.withMetadata(last.metadata().with("example.com/seen", "now")));

        NodeState after =
                compilation.compile(network, Ways.settled(network), self, ClusterState.of(nodes));

        assertThat(after).isSameAs(before);
    }
}
