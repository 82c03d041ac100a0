package dev.kakehashi.cluster.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cluster.CarrierName;
import dev.kakehashi.cluster.IpBlockSpec;
import dev.kakehashi.cluster.Metadata;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.NodeAnnotations;
import dev.kakehashi.cluster.TunnelDevice;
import dev.kakehashi.linux.IpAddresses;
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
import java.util.SplittableRandom;
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

                assertSame(state, network, ways, self, cluster);
            }
        }
    }

    /** What a block's node or others do with it; now and then two want the same. */
    private static IpBlockSpec changed(RandomGenerator random, IpBlockSpec block, int nodes) {
        String other = "node-" + random.nextInt(1, nodes);
        return switch (random.nextInt(6)) {
            case 0 -> block.takenOver(other);
            case 1 -> block.withState(IpBlockSpec.State.PENDING, "");
            case 2 -> block.withState(IpBlockSpec.State.RECLAIMING, other);
            case 3 -> block.withState(IpBlockSpec.State.CONFIRMED, "");
            default -> {
                byte[] octets = block.cidr().address().getAddress();
                octets[octets.length - 1] += (byte) random.nextInt(1, 60);
                yield block.withGivenUp(
                        List.of(IpBlockSpec.GivenUp.of(IpAddresses.of(octets)).borrowedBy(other)));
            }
        };
    }

    @Test
    void whoeverTakesAndLendsBlocks_theResultIsThatOfCompilingAnew() throws Exception {
        RandomGenerator random = Seeds.random();
        for (int round = 0; round < 20; round++) {
            boolean disturbs = random.nextBoolean();
            CarrierName carrier = ROUTING[random.nextInt(ROUTING.length)];
            Network pooled = Cluster.pooled(Cluster.DUAL);
            Network network = pooled.withSpec(pooled.spec().withCarrier(carrier));
            Ways ways = random.nextBoolean() ? Ways.settled(network) : ways(random, network);
            Network encrypted = network.withSpec(network.spec().withCarrier(CarrierName.WIREGUARD));
            SelfNode self =
                    Cluster.self(encrypted, 1)
                            .withSubnets(Cluster.pooledSelf(network, 1).subnets());
            int count = 9;
            List<Node> all = nodes(network, count, random);
            all.replaceAll(node -> node.withPodCidrs(List.of()));
            if (random.nextBoolean()) {
                Collections.shuffle(all, random);
            }
            List<IpBlockSpec> free = new ArrayList<>();
            for (int i = 2; i <= count; i++) {
                free.addAll(Cluster.blocks(network, i));
            }
            NodeCompilation compilation = new NodeCompilation();
            List<Node> known = new ArrayList<>();
            List<IpBlockSpec> blocks = new ArrayList<>(Cluster.blocks(network, 1));
            for (int step = 0; step < 60; step++) {
                if (!all.isEmpty() && random.nextInt(3) == 0) {
                    Node next = all.removeFirst();
                    known.add(disturbs ? disturbed(random, next) : next);
                }
                if (!free.isEmpty() && random.nextInt(2) == 0) {
                    blocks.add(free.remove(random.nextInt(free.size())));
                }
                if (random.nextInt(2) == 0) {
                    int which = random.nextInt(blocks.size());
                    blocks.set(which, changed(random, blocks.get(which), count));
                }
                if (random.nextInt(8) == 0) {
                    blocks.remove(random.nextInt(blocks.size()));
                }
                if (!known.isEmpty() && random.nextInt(10) == 0) {
                    known.remove(random.nextInt(known.size()));
                }
                known.sort(Comparator.comparing(Node::name));
                blocks.sort(Comparator.comparing(IpBlockSpec::cidr));
                ClusterState cluster = new ClusterState(known, blocks, List.of());

                assertSame(
                        compilation.compile(network, ways, self, cluster),
                        network,
                        ways,
                        self,
                        cluster);
            }
        }
    }

    /** With an elder one that moved came a younger one; what comes then is between them. */
    @Test
    void elderNode_isBelievedBeforeAYoungerOne_wheneverItComes() throws Exception {
        Network network = Cluster.pooled(Cluster.NETWORK);
        SelfNode self = Cluster.pooledSelf(network, 1);
        Ways ways = Ways.settled(network);
        List<Node> nodes = nodes(network, 4, new SplittableRandom(1));
        for (int i = 0; i < nodes.size(); i++) {
            Node node = nodes.get(i);
            Instant age = BEGINNING.plusSeconds(i);
            nodes.set(
                    i,
                    node.withMetadata(
                            new Metadata(node.name(), node.metadata().annotations(), age)));
        }
        Node first = nodes.get(1);
        Node second = nodes.get(2);
        Node third = nodes.get(3);
        Node rival =
                second.withAddresses(third.addresses())
                        .withMetadata(
                                new Metadata(
                                        second.name(),
                                        third.metadata().annotations(),
                                        second.metadata().created()));
        List<IpBlockSpec> blocks = new ArrayList<>(Cluster.pooledState(network, 4).blocks());
        IpBlockSpec late = blocks.remove(2);
        NodeCompilation compilation = new NodeCompilation();
        ClusterState one = new ClusterState(List.of(first), blocks, List.of());
        NodeState _ = compilation.compile(network, ways, self, one);
        List<IpBlockSpec> more = new ArrayList<>(blocks);
        more.add(late);
        ClusterState two = new ClusterState(List.of(first, third), more, List.of());
        NodeState _ = compilation.compile(network, ways, self, two);
        ClusterState three = new ClusterState(List.of(first, rival, third), more, List.of());

        NodeState state = compilation.compile(network, ways, self, three);

        assertThat(state.peers()).containsExactly(first.name(), rival.name());
        assertSame(state, network, ways, self, three);
    }

    private static void assertSame(
            NodeState state, Network network, Ways ways, SelfNode self, ClusterState cluster)
            throws Exception {
        NodeState anew = NodeCompiler.compile(network, ways, self, cluster);
        assertThat(state.desired()).isEqualTo(anew.desired());
        assertThat(state.podMtu()).isEqualTo(anew.podMtu());
        assertThat(state.peers()).isEqualTo(anew.peers());
        assertThat(state.known()).isEqualTo(anew.known());
        assertThat(state.refused()).containsExactlyInAnyOrderElementsOf(anew.refused());
    }

    @Test
    void nodeAndBlockThatComeOneAfterTheOther_areOneChange() throws Exception {
        Network network = Cluster.pooled(Cluster.NETWORK);
        ClusterState all = Cluster.pooledState(network, 5);
        ClusterState four = Cluster.pooledState(network, 4);
        SelfNode self = Cluster.pooledSelf(network, 1);
        Ways ways = Ways.settled(network);
        List<Node> fewer = all.nodes().subList(0, 4);
        List<IpBlockSpec> without = all.blocks().subList(0, four.blocks().size());
        for (ClusterState half :
                List.of(
                        new ClusterState(all.nodes(), without, List.of()),
                        new ClusterState(fewer, all.blocks(), List.of()))) {
            NodeCompilation compilation = new NodeCompilation();
            NodeState before =
                    compilation.compile(
                            network, ways, self, new ClusterState(fewer, without, List.of()));

            assertThat(compilation.compile(network, ways, self, half)).isSameAs(before);

            ClusterState whole = new ClusterState(all.nodes(), all.blocks(), List.of());
            NodeState after = compilation.compile(network, ways, self, whole);
            assertSame(after, network, ways, self, whole);
            assertThat(after.peers()).hasSize(4);
            assertThat(compilation.compile(network, ways, self, whole)).isSameAs(after);
        }
    }

    @Test
    void blockThatComes_leavesWhatTheOthersHave() throws Exception {
        Network network = Cluster.pooled(Cluster.NETWORK);
        ClusterState cluster = Cluster.pooledState(network, 9);
        List<IpBlockSpec> blocks = new ArrayList<>(cluster.blocks());
        IpBlockSpec late = blocks.removeLast();
        NodeCompilation compilation = new NodeCompilation();
        SelfNode self = Cluster.pooledSelf(network, 1);
        Ways ways = Ways.settled(network);
        var before =
                compilation.compile(
                        network, ways, self, new ClusterState(cluster.nodes(), blocks, List.of()));
        blocks.add(late);

        var after =
                compilation.compile(
                        network, ways, self, new ClusterState(cluster.nodes(), blocks, List.of()));

        Set<Resource> earlier = identical(before);
        assertThat(after.desired().in(NamespaceId.HOST))
                .filteredOn(resource -> !earlier.contains(resource))
                .as("compiled again is only what leads to that node")
                .hasSize(6)
                .anySatisfy(route -> assertThat(route.toString()).contains("10.244.19.0/26"));
    }

    private static Set<Resource> identical(NodeState state) {
        Set<Resource> resources = Collections.newSetFromMap(new IdentityHashMap<>());
        resources.addAll(state.desired().in(NamespaceId.HOST));
        return resources;
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
        Set<Resource> earlier = identical(before);
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
