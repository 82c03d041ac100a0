package dev.kakehashi.cluster.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cluster.CarrierName;
import dev.kakehashi.cluster.IpBlockSpec;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.rtnetlink.RouteType;
import dev.kakehashi.state.Address;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.Route;
import dev.kakehashi.state.WireguardTunnel;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What a node gets where pods have addresses of blocks. */
class PoolsCompileTest {
    private static final Path GOLDEN = Path.of("src", "test", "resources", "golden");
    private static final IpPrefix DUMMY = IpPrefix.parse("192.0.0.8/32");
    private static final Network POOLED = Cluster.pooled(Cluster.NETWORK);

    static Stream<Arguments> clusters() {
        Network dual = Cluster.pooled(Cluster.DUAL);
        return Stream.of(
                Arguments.of("vxlan-pools-3", POOLED),
                Arguments.of("vxlan-pools-dual-3", dual),
                Arguments.of("host-gw-pools-3", by(POOLED, CarrierName.HOST_GW)),
                Arguments.of("ipip-pools-3", by(POOLED, CarrierName.IPIP)),
                Arguments.of("wireguard-pools-dual-3", by(dual, CarrierName.WIREGUARD)));
    }

    static Stream<Arguments> borrowers() {
        return Stream.of(
                Arguments.of("vxlan-borrowed-3", by(POOLED, CarrierName.VXLAN)),
                Arguments.of("host-gw-borrowed-3", by(POOLED, CarrierName.HOST_GW)),
                Arguments.of("ipip-borrowed-3", by(POOLED, CarrierName.IPIP)),
                Arguments.of("wireguard-borrowed-3", by(POOLED, CarrierName.WIREGUARD)));
    }

    private static Network by(Network network, CarrierName carrier) {
        return network.withSpec(network.spec().withCarrier(carrier));
    }

    private static NodeState compile(Network network, ClusterState cluster) throws Exception {
        return NodeCompiler.compile(network, Cluster.pooledSelf(network, 1), cluster);
    }

    private static List<Route> routes(NodeState state, RouteType type) {
        return state.desired().in(NamespaceId.HOST).stream()
                .filter(Route.class::isInstance)
                .map(Route.class::cast)
                .filter(route -> route.type() == type)
                .toList();
    }

    private static List<String> destinations(NodeState state) {
        return routes(state, RouteType.UNICAST).stream()
                .map(route -> route.destination().toString())
                .toList();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("clusters")
    void compiledForTheFirstNode_isAsWritten(String name, Network network) throws Exception {
        assertGolden(name, compile(network, Cluster.pooledState(network, 3)));
    }

    /** The first node has nothing but what it borrowed; the second one too, beside its own. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("borrowers")
    void compiledForABorrower_isAsWritten(String name, Network network) throws Exception {
        SelfNode some = Cluster.pooledSelf(network, 1);
        SelfNode self =
                SelfNode.of(
                                some.name(),
                                List.of(IpPrefix.parse("10.244.3.70/32")),
                                some.underlay(),
                                some.vteps())
                        .withTunnelKeys(some.tunnelKeys());
        List<IpBlockSpec> blocks =
                List.of(
                        lending("10.244.3.64/26", "node-3", "10.244.3.70", "node-1"),
                        lending("10.244.13.0/26", "node-3", "10.244.13.9", "node-2"),
                        Cluster.block("10.244.2.64/26", "node-2"));

        assertGolden(
                name,
                NodeCompiler.compile(
                        network,
                        self,
                        new ClusterState(Cluster.nodes(network, 3), blocks, List.of())));
    }

    private static void assertGolden(String name, NodeState state) throws Exception {
        String text = Cluster.text(state);
        Path golden = GOLDEN.resolve(name + ".txt");

        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(golden, text);
        }
        assertThat(text).isEqualTo(Files.readString(golden));
    }

    @ParameterizedTest
    @EnumSource(
            value = CarrierName.class,
            names = {"VXLAN", "HOST_GW", "IPIP", "WIREGUARD"})
    void everyBlockOfAPeer_hasARoute_andOwnOnesABlackhole(CarrierName carrier) throws Exception {
        Network network = by(POOLED, carrier);

        NodeState state = compile(network, Cluster.pooledState(network, 3));

        assertThat(destinations(state))
                .containsExactlyInAnyOrder(
                        "10.244.2.64/26", "10.244.12.0/26", "10.244.3.64/26", "10.244.13.0/26");
        assertThat(routes(state, RouteType.BLACKHOLE))
                .extracting(Route::destination)
                .containsExactlyInAnyOrder(
                        IpPrefix.parse("10.244.1.64/26"), IpPrefix.parse("10.244.11.0/26"));
        assertThat(state.refused()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = CarrierName.class,
            names = {"VXLAN", "HOST_GW", "IPIP", "WIREGUARD"})
    void borrowedAddress_hasARouteOfItsOwn_onItsLenderToo(CarrierName carrier) throws Exception {
        Network network = by(POOLED, carrier);
        List<IpBlockSpec> blocks = new ArrayList<>();
        blocks.add(lending("10.244.1.64/26", "node-1", "10.244.1.70", "node-2"));
        blocks.add(lending("10.244.3.64/26", "node-3", "10.244.3.70", "node-2"));
        blocks.add(Cluster.block("10.244.2.64/26", "node-2"));

        NodeState state =
                compile(network, new ClusterState(Cluster.nodes(network, 3), blocks, List.of()));

        assertThat(destinations(state))
                .containsExactlyInAnyOrder(
                        "10.244.2.64/26", "10.244.3.64/26", "10.244.1.70/32", "10.244.3.70/32");
        assertThat(state.refused()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = CarrierName.class,
            names = {"VXLAN", "HOST_GW", "IPIP", "WIREGUARD"})
    void borrowedAddress_isNoneOfTheNodeItself(CarrierName carrier) throws Exception {
        Network network = by(POOLED, carrier);
        SelfNode some = Cluster.pooledSelf(network, 1);
        IpPrefix borrowed = IpPrefix.parse("10.244.3.70/32");
        SelfNode self =
                SelfNode.of(some.name(), List.of(borrowed), some.underlay(), some.vteps())
                        .withTunnelKeys(some.tunnelKeys());
        List<IpBlockSpec> blocks =
                List.of(lending("10.244.3.64/26", "node-3", "10.244.3.70", "node-1"));

        NodeState state =
                NodeCompiler.compile(
                        network,
                        self,
                        new ClusterState(Cluster.nodes(network, 3), blocks, List.of()));

        assertThat(state.desired().in(NamespaceId.HOST))
                .filteredOn(Address.class::isInstance)
                .allMatch(address -> ((Address) address).prefix().equals(DUMMY))
                .hasSize(carrier == CarrierName.HOST_GW ? 0 : 1);
        assertThat(destinations(state)).containsExactly("10.244.3.64/26");
        assertThat(routes(state, RouteType.BLACKHOLE))
                .extracting(Route::destination)
                .containsExactly(borrowed);
    }

    private static IpBlockSpec lending(String cidr, String node, String address, String borrower) {
        return Cluster.block(cidr, node)
                .withGivenUp(
                        List.of(
                                IpBlockSpec.GivenUp.of(IpAddresses.parse(address))
                                        .borrowedBy(borrower)));
    }

    @Test
    void subnetsOfNodes_countForNothing() throws Exception {
        List<Node> nodes = Cluster.nodes(POOLED, 3);

        NodeState state = compile(POOLED, new ClusterState(nodes, List.of(), List.of()));

        assertThat(destinations(state)).isEmpty();
        assertThat(state.peers()).isEmpty();
    }

    @Test
    void blocksOfOtherNetworksAndNodesAndPendingOnes_areNotRouted() throws Exception {
        IpBlockSpec pending = Cluster.block("10.244.2.128/26", "node-2");
        List<IpBlockSpec> blocks = new ArrayList<>();
        blocks.add(Cluster.block("10.244.2.64/26", "node-9"));
        blocks.add(pending.withState(IpBlockSpec.State.PENDING, ""));
        blocks.add(Cluster.block("10.99.0.0/26", "node-2"));
        blocks.add(Cluster.block("10.244.2.0/26", "node-2"));
        List<Node> nodes = Cluster.pooledState(POOLED, 2).nodes();

        NodeState state = compile(POOLED, new ClusterState(nodes, blocks, List.of()));

        assertThat(destinations(state)).containsExactly("10.244.2.0/26");
    }

    @Test
    void blockThatIsOurs_isNotTakenFromAnother() throws Exception {
        List<IpBlockSpec> blocks =
                List.of(
                        Cluster.block("10.244.1.64/26", "node-2"),
                        Cluster.block("10.244.2.64/26", "node-2"));
        List<Node> nodes = Cluster.pooledState(POOLED, 2).nodes();

        NodeState state = compile(POOLED, new ClusterState(nodes, blocks, List.of()));

        assertThat(destinations(state)).containsExactly("10.244.2.64/26");
        assertThat(state.peers()).containsExactly("node-2");
        assertThat(state.refused())
                .singleElement()
                .asString()
                .contains("node-2", "10.244.1.64/26 overlaps 10.244.1.64/26 of node node-1");
    }

    @Test
    void nodeWithoutBlocks_stillReachesPodsOfOthers() throws Exception {
        SelfNode self = Cluster.pooledSelf(POOLED, 1);
        SelfNode bare = SelfNode.of(self.name(), List.of(), self.underlay(), self.vteps());

        NodeState state = NodeCompiler.compile(POOLED, bare, Cluster.pooledState(POOLED, 2));

        assertThat(destinations(state)).contains("10.244.2.64/26", "10.244.12.0/26");
    }

    @Test
    void wireguard_takesPacketsOfAllBlocksOfAPeer() throws Exception {
        Network network = by(Cluster.pooled(Cluster.DUAL), CarrierName.WIREGUARD);

        NodeState state = compile(network, Cluster.pooledState(network, 2));

        assertThat(state.desired().in(NamespaceId.HOST))
                .filteredOn(WireguardTunnel.class::isInstance)
                .singleElement()
                .extracting(tunnel -> ((WireguardTunnel) tunnel).peer().allowedIps().toString())
                .isEqualTo("[10.244.2.64/26, 10.244.12.0/26, fd00:10:244:2::40/122]");
    }
}
