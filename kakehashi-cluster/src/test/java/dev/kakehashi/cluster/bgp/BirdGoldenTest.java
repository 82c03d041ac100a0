package dev.kakehashi.cluster.bgp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cluster.BgpPeer;
import dev.kakehashi.cluster.BgpPeerSpec;
import dev.kakehashi.cluster.BgpRoutesSpec;
import dev.kakehashi.cluster.BgpSessionSpec;
import dev.kakehashi.cluster.BgpTarget;
import dev.kakehashi.cluster.Community;
import dev.kakehashi.cluster.IpBlockSpec;
import dev.kakehashi.cluster.IpFamily;
import dev.kakehashi.cluster.IpamSpec;
import dev.kakehashi.cluster.LabelSelector;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.NodeAnnotations;
import dev.kakehashi.cluster.PrefixRange;
import dev.kakehashi.cluster.carrier.ClusterState;
import dev.kakehashi.cluster.carrier.SelfNode;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** What BIRD is told. {@code -Dgolden.update=true} writes what is compiled now. */
class BirdGoldenTest {
    static final Path GOLDEN = Path.of("src", "test", "resources", "golden", "bird");

    static Stream<Arguments> clusters() throws Exception {
        Network plain = BgpCluster.NETWORK;
        Network bare = BgpCluster.withoutMesh(plain);
        Network bareSix = BgpCluster.withoutMesh(BgpCluster.SIX);
        Network bareDual = BgpCluster.withoutMesh(BgpCluster.DUAL);
        List<IpFamily> both = List.of(IpFamily.IPV4, IpFamily.IPV6);
        List<Node> own = new ArrayList<>(BgpCluster.nodes(plain, 2));
        own.set(0, BgpCluster.with(own.get(0), NodeAnnotations.BGP_AS_NUMBER, "64601"));
        List<Node> reflected = new ArrayList<>(BgpCluster.nodes(bare, 2));
        reflected.add(BgpCluster.reflector(bare, 3));
        reflected.add(BgpCluster.reflector(bare, 4));
        BgpPeer byReflector = BgpCluster.peer("by", new BgpTarget.Nodes(BgpCluster.REFLECTORS));
        BgpPeer tor = BgpCluster.peer("tor", BgpCluster.router("192.0.2.254", 64513));
        return Stream.of(
                Arguments.of(
                        "mesh-1",
                        plain,
                        BgpCluster.self(plain, 1),
                        BgpCluster.nodes(plain, 1),
                        List.of()),
                Arguments.of(
                        "mesh-3",
                        plain,
                        BgpCluster.self(plain, 2),
                        BgpCluster.nodes(plain, 3),
                        List.of()),
                Arguments.of(
                        "mesh-dual-3",
                        BgpCluster.DUAL,
                        BgpCluster.self(BgpCluster.DUAL, 1),
                        BgpCluster.nodes(BgpCluster.DUAL, 3),
                        List.of()),
                Arguments.of(
                        "mesh-narrow-3",
                        BgpCluster.DUAL,
                        BgpCluster.self(BgpCluster.DUAL, 1)
                                .withNarrowPaths(
                                        Map.of(
                                                InetAddress.ofLiteral("192.0.2.3"), 1400,
                                                InetAddress.ofLiteral("2001:db8:1::3"), 1270)),
                        BgpCluster.nodes(BgpCluster.DUAL, 3),
                        List.of()),
                Arguments.of(
                        "mesh-routed-12",
                        plain,
                        BgpCluster.self(plain, 12),
                        BgpCluster.nodes(plain, 12),
                        List.of()),
                Arguments.of("own-as", plain, BgpCluster.self(plain, 1), own, List.of()),
                Arguments.of(
                        "fabric",
                        bare,
                        BgpCluster.self(bare, 1),
                        BgpCluster.nodes(bare, 2),
                        List.of(tor, every("203.0.113.1", "192.0.2.77", List.of()))),
                Arguments.of(
                        "fabric-6",
                        bareSix,
                        BgpCluster.borrower(bareSix, 1),
                        BgpCluster.nodes(bareSix, 2),
                        List.of(
                                BgpCluster.peer("tor", BgpCluster.router("2001:db8:1::fe", 64513)),
                                every("2001:db8:3::1", "2001:db8:1::77", List.of()))),
                Arguments.of(
                        "fabric-dual",
                        bareDual,
                        BgpCluster.self(bareDual, 1),
                        BgpCluster.nodes(bareDual, 2),
                        List.of(
                                every("203.0.113.1", "192.0.2.77", both),
                                BgpCluster.peer("by6", both("2001:db8:1::fe", both)))),
                Arguments.of(
                        "mesh-over-ipv6-3",
                        plain,
                        BgpCluster.selfWithoutIpv4(plain, 1)
                                .withNarrowPaths(
                                        Map.of(InetAddress.ofLiteral("2001:db8:1::3"), 1270)),
                        BgpCluster.nodesWithoutIpv4(plain, 3),
                        List.of()),
                Arguments.of(
                        "fabric-dual-over-ipv6",
                        BgpCluster.DUAL,
                        BgpCluster.selfWithoutIpv4(BgpCluster.DUAL, 1),
                        BgpCluster.nodesWithoutIpv4(BgpCluster.DUAL, 2),
                        List.of(BgpCluster.peer("by6", both("2001:db8:1::fe", both)))),
                Arguments.of(
                        "reflector",
                        bare,
                        BgpCluster.self(bare, 3),
                        reflected,
                        List.of(byReflector)),
                Arguments.of(
                        "client", bare, BgpCluster.self(bare, 1), reflected, List.of(byReflector)));
    }

    private static BgpPeerSpec both(String address, List<IpFamily> families) {
        BgpPeerSpec spec = BgpPeerSpec.of(BgpCluster.router(address, 64513));
        BgpRoutesSpec routes =
                new BgpRoutesSpec(families, false, List.of(), Optional.empty(), Optional.empty());
        return new BgpPeerSpec(
                spec.network(), spec.nodeSelector(), spec.target(), spec.session(), routes);
    }

    private static BgpPeer every(String address, String source, List<IpFamily> families) {
        return BgpCluster.peer(
                "spine",
                new BgpPeerSpec(
                        "pods",
                        LabelSelector.everything(),
                        new BgpTarget.Router(IpAddresses.parse(address), 64512, 1179),
                        new BgpSessionSpec(
                                OptionalLong.of(64999),
                                Optional.of(IpAddresses.parse(source)),
                                Optional.of("spine"),
                                3,
                                true,
                                false,
                                120),
                        new BgpRoutesSpec(
                                families,
                                true,
                                List.of(
                                        new Community(List.of(64512L, 100L)),
                                        new Community(List.of(4200000000L, 1L, 2L))),
                                Optional.of(
                                        List.of(
                                                PrefixRange.exactly(IpPrefix.parse("0.0.0.0/0")),
                                                PrefixRange.exactly(IpPrefix.parse("::/0")))),
                                Optional.of(
                                        List.of(
                                                new PrefixRange(
                                                        IpPrefix.parse("10.244.0.0/16"), 26),
                                                new PrefixRange(
                                                        IpPrefix.parse("fd00:10:244::/48"),
                                                        64))))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("clusters")
    void compiled_isAsWritten(
            String name, Network network, SelfNode self, List<Node> nodes, List<BgpPeer> peers)
            throws Exception {
        BgpState state =
                BgpCompiler.compile(
                        network,
                        self,
                        ClusterState.of(nodes),
                        peers,
                        BgpPasswords.none().with("spine", "s3cret"),
                        1500);
        assertGolden(name, state);
    }

    /** The lender takes what others announce of its own block, and nothing else of it. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("blocks")
    void compiledForALender_isAsWritten(String name, Network plain, String block, String prefix)
            throws Exception {
        Network network = plain.withSpec(plain.spec().withIpam(IpamSpec.pools()));
        IpBlockSpec lent =
                new IpBlockSpec(
                        IpPrefix.parse(block),
                        "pods",
                        network.name(),
                        "node-1",
                        IpBlockSpec.State.CONFIRMED,
                        7,
                        "",
                        List.of(
                                IpBlockSpec.GivenUp.of(IpAddresses.parse(prefix + "9"))
                                        .borrowedBy("node-2"),
                                IpBlockSpec.GivenUp.of(IpAddresses.parse(prefix + "10"))));
        assertGolden(
                name,
                BgpCompiler.compile(
                        network,
                        BgpCluster.self(plain, 1),
                        new ClusterState(BgpCluster.nodes(network, 2), List.of(lent), List.of()),
                        List.of(),
                        BgpPasswords.none(),
                        1500));
    }

    static Stream<Arguments> blocks() {
        return Stream.of(
                Arguments.of("mesh-lending-2", BgpCluster.NETWORK, "10.244.1.0/24", "10.244.1."),
                Arguments.of(
                        "mesh-lending-6-2",
                        BgpCluster.SIX,
                        "fd00:10:244:1::/64",
                        "fd00:10:244:1::"));
    }

    private static void assertGolden(String name, BgpState state) throws Exception {
        String text = state.config().text(Optional.of("/var/lib/kakehashi/bgp/bird.log"));
        Path golden = GOLDEN.resolve(name + ".conf");

        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(golden, text);
        }
        assertThat(state.refused()).isEmpty();
        assertThat(text).isEqualTo(Files.readString(golden));
    }
}
