package dev.kakehashi.cluster.bgp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cluster.BgpPeer;
import dev.kakehashi.cluster.BgpPeerSpec;
import dev.kakehashi.cluster.BgpRoutesSpec;
import dev.kakehashi.cluster.BgpSessionSpec;
import dev.kakehashi.cluster.BgpTarget;
import dev.kakehashi.cluster.IpFamily;
import dev.kakehashi.cluster.LabelSelector;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.NodeAnnotations;
import dev.kakehashi.cluster.carrier.ClusterState;
import dev.kakehashi.cluster.carrier.SelfNode;
import dev.kakehashi.cluster.node.Underlay;
import dev.kakehashi.linux.IpPrefix;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;

class BgpCompilerTest {
    private static final Network MESH = BgpCluster.NETWORK;
    private static final Network BARE = BgpCluster.withoutMesh(MESH);

    private static BgpState compile(
            Network network, int self, List<Node> nodes, List<BgpPeer> peers) {
        return BgpCompiler.compile(
                network,
                BgpCluster.self(network, self),
                ClusterState.of(nodes),
                peers,
                BgpPasswords.none(),
                1500);
    }

    private static List<String> names(BgpState state) {
        return state.config().sessions().stream().map(BirdSession::protocol).toList();
    }

    private static String sections(BgpState state, String protocol) {
        String text = state.config().text(Optional.of("/log"));
        int start = text.indexOf("protocol bgp " + protocol + " ");
        return text.substring(start, text.indexOf("\n}\n", start));
    }

    @Test
    void everyPairOfTheMesh_agreesOnItsSession() throws Exception {
        List<Node> nodes = BgpCluster.nodes(MESH, 5);
        for (int i = 1; i <= 5; i++) {
            for (BirdSession session : compile(MESH, i, nodes, List.of()).config().sessions()) {
                int other = session.remote().address().getAddress()[3];
                BirdSession back =
                        compile(MESH, other, nodes, List.of()).config().sessions().stream()
                                .filter(s -> s.remote().equals(session.local()))
                                .findFirst()
                                .orElseThrow();
                assertThat(back.local()).isEqualTo(session.remote());
                assertThat(back.passive()).isNotEqualTo(session.passive());
            }
        }
    }

    @Test
    void anotherNode_changesNoSessionThatWasThere() throws Exception {
        BgpState before = compile(MESH, 1, BgpCluster.nodes(MESH, 4), List.of());
        BgpState after = compile(MESH, 1, BgpCluster.nodes(MESH, 5), List.of());

        for (String name : names(before)) {
            assertThat(sections(after, name)).isEqualTo(sections(before, name));
        }
        assertThat(names(after)).containsAll(names(before)).contains("node_192_0_2_5");
    }

    @Test
    void withoutMesh_thereAreNoSessionsButThoseOfPeers() throws Exception {
        BgpPeer tor = BgpCluster.peer("tor", BgpCluster.router("192.0.2.254", 64513));

        assertThat(names(compile(BARE, 1, BgpCluster.nodes(BARE, 3), List.of(tor))))
                .containsExactly("peer_192_0_2_254");
    }

    @Test
    void peersOfOtherNetworksAndOtherNodes_areNotOurs() throws Exception {
        BgpPeer other =
                BgpPeer.of(
                        "other",
                        BgpPeerSpec.of(BgpCluster.router("192.0.2.253", 64513))); // "default"
        BgpPeer labelled =
                BgpCluster.peer(
                        "labelled",
                        new BgpPeerSpec(
                                "pods",
                                new LabelSelector(Map.of("rack", "a"), List.of()),
                                BgpCluster.router("192.0.2.254", 64513),
                                BgpSessionSpec.defaults(),
                                BgpRoutesSpec.defaults()));

        assertThat(names(compile(BARE, 1, BgpCluster.nodes(BARE, 1), List.of(other, labelled))))
                .isEmpty();
    }

    @Test
    void reflectorAndItsClients_haveBothSidesOfTheSession() throws Exception {
        List<Node> nodes = new ArrayList<>(BgpCluster.nodes(BARE, 2));
        nodes.add(BgpCluster.reflector(BARE, 3));
        List<BgpPeer> peers =
                List.of(BgpCluster.peer("by", new BgpTarget.Nodes(BgpCluster.REFLECTORS)));

        assertThat(names(compile(BARE, 1, nodes, peers))).containsExactly("node_192_0_2_3");
        BgpState reflector = compile(BARE, 3, nodes, peers);
        assertThat(names(reflector)).containsExactly("node_192_0_2_1", "node_192_0_2_2");
        assertThat(sections(reflector, "node_192_0_2_1")).contains("rr client;");
        assertThat(sections(compile(BARE, 1, nodes, peers), "node_192_0_2_3"))
                .doesNotContain("rr client");
    }

    @Test
    void twoPeersWithOneAddress_theSecondIsRefused() throws Exception {
        BgpState state =
                compile(
                        BARE,
                        1,
                        BgpCluster.nodes(BARE, 1),
                        List.of(
                                BgpCluster.peer("b", BgpCluster.router("192.0.2.254", 64514)),
                                BgpCluster.peer("a", BgpCluster.router("192.0.2.254", 64513))));

        assertThat(state.config().sessions())
                .extracting(BirdSession::peer)
                .containsExactly("BGPPeer a");
        assertThat(state.refused().toString())
                .contains(
                        "BGPPeer b: there is a session with 192.0.2.254 already, that of BGPPeer a");
    }

    @Test
    void passwordTheNodeHasNot_refusesTheSession() throws Exception {
        BgpPeer tor =
                BgpCluster.peer(
                        "tor",
                        new BgpPeerSpec(
                                "pods",
                                LabelSelector.everything(),
                                BgpCluster.router("192.0.2.254", 64513),
                                new BgpSessionSpec(
                                        OptionalLong.empty(),
                                        Optional.empty(),
                                        Optional.of("tor"),
                                        0,
                                        false,
                                        true,
                                        120),
                                BgpRoutesSpec.defaults()));

        BgpState state = compile(BARE, 1, BgpCluster.nodes(BARE, 1), List.of(tor));

        assertThat(state.config().sessions()).isEmpty();
        assertThat(state.refused().toString())
                .contains("BGPPeer tor: passwordFile tor: the node has no such file");
    }

    @Test
    void quotationMarkInAPassword_neverReachesTheFile() {
        BgpPasswords passwords = BgpPasswords.none().with("tor", "a\"; include \"/etc/shadow");

        assertThat(passwords.known()).isEmpty();
        assertThat(passwords.problems()).containsKey("tor");
    }

    @Test
    void routerOfAFamilyThatPodsHaveNot_isRefused() throws Exception {
        BgpPeer six = BgpCluster.peer("six", BgpCluster.router("2001:db8:1::fe", 64513));

        assertThat(compile(BARE, 1, BgpCluster.nodes(BARE, 1), List.of(six)).refused())
                .extracting(RefusedSession::reason)
                .singleElement()
                .asString()
                .contains("routes of IPv6")
                .contains("no such pods");
    }

    private static BgpPeer ofBothFamilies(String address) {
        BgpPeerSpec tor = BgpPeerSpec.of(BgpCluster.router(address, 64513));
        return BgpCluster.peer(
                "both",
                new BgpPeerSpec(
                        "pods",
                        tor.nodeSelector(),
                        tor.target(),
                        tor.session(),
                        new BgpRoutesSpec(
                                List.of(IpFamily.IPV4, IpFamily.IPV6),
                                false,
                                List.of(),
                                Optional.empty(),
                                Optional.empty())));
    }

    @Test
    void nodeWithoutAnIpv6Address_saysNoNextHopOfIt() throws Exception {
        Network dual = BgpCluster.withoutMesh(BgpCluster.DUAL);
        Underlay ipv4 = new Underlay("eth0", List.of(IpPrefix.parse("192.0.2.1/24")), 1500);

        BgpState state =
                BgpCompiler.compile(
                        dual,
                        BgpCluster.self(dual, 1, ipv4),
                        ClusterState.of(BgpCluster.nodes(dual, 1)),
                        List.of(ofBothFamilies("192.0.2.254")),
                        BgpPasswords.none(),
                        1500);

        assertThat(state.config().sessions()).isEmpty();
        assertThat(state.refused().toString())
                .contains("BGPPeer both: node node-1 has no IPv6 address at which routers");
    }

    /** Of two nodes of which one has both families and one IPv6 alone: each has what the other. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void nodesThatHaveOnlyIpv6InCommon_haveOneSessionForBothFamilies(boolean first)
            throws Exception {
        Network dual = BgpCluster.DUAL;
        List<Node> nodes =
                List.of(
                        BgpCluster.nodes(dual, 1).getFirst(),
                        BgpCluster.nodesWithoutIpv4(dual, 2).getLast());
        SelfNode self = first ? BgpCluster.self(dual, 1) : BgpCluster.selfWithoutIpv4(dual, 2);

        List<BirdSession> sessions =
                BgpCompiler.compile(
                                dual,
                                self,
                                ClusterState.of(nodes),
                                List.of(),
                                BgpPasswords.none(),
                                1500)
                        .config()
                        .sessions();

        assertThat(sessions)
                .extracting(BirdSession::protocol)
                .containsExactly("node_2001_db8_1__" + (first ? 2 : 1));
        assertThat(sessions.getFirst().channels())
                .containsExactly(
                        new BirdSession.Channel(IpFamily.IPV4, Optional.empty()),
                        new BirdSession.Channel(IpFamily.IPV6, Optional.empty()));
    }

    @Test
    void annotationsThatAreNone_areNamedAndPassedOver() throws Exception {
        List<Node> nodes = new ArrayList<>(BgpCluster.nodes(MESH, 2));
        Node bad = BgpCluster.with(nodes.get(0), NodeAnnotations.BGP_AS_NUMBER, "AS1");
        nodes.set(
                0, BgpCluster.with(bad, NodeAnnotations.BGP_ROUTE_REFLECTOR_CLUSTER_ID, "cluster"));

        BgpState state = compile(MESH, 1, nodes, List.of());

        assertThat(state.config().sessions().getFirst().local().asNumber()).isEqualTo(64512);
        assertThat(
                        state.refused().stream()
                                .map(RefusedSession::reason)
                                .collect(Collectors.joining()))
                .contains("'AS1', no AS number")
                .contains("'cluster', no identifier");
    }
}
