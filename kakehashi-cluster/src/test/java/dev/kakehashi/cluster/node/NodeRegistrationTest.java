package dev.kakehashi.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cluster.CarrierName;
import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.NetworkSpec;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.NodeAnnotations;
import dev.kakehashi.cluster.TunnelDevice;
import dev.kakehashi.cluster.store.DirectoryStore;
import dev.kakehashi.cluster.store.Store;
import dev.kakehashi.cluster.store.StoreException;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.wireguard.WireguardKey;
import dev.kakehashi.linux.wireguard.WireguardPrivateKey;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

class NodeRegistrationTest {
    private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");
    private static final Network NETWORK =
            Network.of("pods", List.of(IpPrefix.parse("10.244.0.0/16")));

    @TempDir Path root;
    private final List<Store> opened = new ArrayList<>();

    private Store open() throws StoreException {
        Store store = DirectoryStore.open(root);
        opened.add(store);
        return store;
    }

    @AfterEach
    void closeAll() {
        opened.forEach(Store::close);
    }

    private static NodeFacts facts(int number) {
        return NodeFacts.of(
                "node-" + number,
                new Underlay("eth0", List.of(IpPrefix.parse("192.0.2." + number + "/24")), 1500),
                Vteps.of(MacAddress.of(0x020000000000L + number)),
                List.of(),
                NOW);
    }

    private static NodeRegistration registration(Store store) {
        return new NodeRegistration(store, new SplittableRandom());
    }

    private static Network sized(String cidr, int nodePrefixLength) {
        NetworkSpec d = NetworkSpec.of(List.of(IpPrefix.parse(cidr)));
        return NETWORK.withSpec(
                new NetworkSpec(
                        d.cidrs(),
                        nodePrefixLength,
                        d.nodePrefixLengthIpv6(),
                        d.carrier(),
                        d.podLink(),
                        d.dataplane(),
                        d.mtu(),
                        d.masquerade(),
                        d.crossSubnet(),
                        d.vxlan(),
                        d.ipip(),
                        d.wireguard(),
                        d.ipam(),
                        d.bgp()));
    }

    @Test
    void newNode_isDescribedAndGetsASubnet() throws Exception {
        Store store = open();

        Node node = registration(store).register(NETWORK, facts(1)).object();

        assertThat(node.podCidrs()).containsExactly(IpPrefix.parse("10.244.1.0/24"));
        assertThat(node.metadata().created()).isEqualTo(NOW);
        assertThat(node.metadata().annotations())
                .containsEntry(NodeAnnotations.VTEP_MAC, "02:00:00:00:00:01")
                .containsEntry(NodeAnnotations.UNDERLAY_INTERFACE, "eth0")
                .containsEntry(NodeAnnotations.FLANNEL_PUBLIC_IP, "192.0.2.1")
                .containsEntry(NodeAnnotations.FLANNEL_BACKEND, "vxlan")
                .containsEntry(
                        NodeAnnotations.FLANNEL_BACKEND_DATA,
                        "{\"VNI\":1,\"VtepMAC\":\"02:00:00:00:00:01\"}")
                .doesNotContainKey(NodeAnnotations.SUBNET_CLAIM);
        assertThat(store.find(Kind.NODE, "node-1").orElseThrow().object().podCidrs())
                .isEqualTo(node.podCidrs());
    }

    @Test
    void restartedNode_keepsSubnetAndHardwareAddress() throws Exception {
        Node before = registration(open()).register(NETWORK, facts(1)).object();
        NodeFacts after =
                NodeFacts.of(
                        "node-1",
                        new Underlay("eth1", List.of(IpPrefix.parse("198.51.100.9/24")), 1500),
                        Vteps.of(MacAddress.of(0x02ffffffffffL)),
                        List.of(),
                        NOW.plusSeconds(60));

        Node node = registration(open()).register(NETWORK, after).object();

        assertThat(node.podCidrs()).isEqualTo(before.podCidrs());
        assertThat(VtepData.macOf(node, true)).isEqualTo(VtepData.macOf(before, true));
        assertThat(node.metadata().created()).isEqualTo(NOW);
        assertThat(node.metadata().annotations())
                .containsEntry(NodeAnnotations.FLANNEL_PUBLIC_IP, "198.51.100.9");
    }

    @Test
    void nodeWhoseObjectWasDeleted_getsItsFormerSubnetIfItIsFree() throws Exception {
        Store store = open();
        NodeFacts known = facts(1);
        NodeFacts former =
                NodeFacts.of(
                        known.name(),
                        known.underlay(),
                        known.freshMacs(),
                        List.of(IpPrefix.parse("10.244.9.0/24")),
                        NOW);

        Node node = registration(store).register(NETWORK, former).object();
        assertThat(node.podCidrs()).containsExactly(IpPrefix.parse("10.244.9.0/24"));

        store.remove(Kind.NODE, "node-1", store.find(Kind.NODE, "node-1").orElseThrow().version());
        store.create(Kind.NODE, Node.named("other").withPodCidrs(node.podCidrs()));
        assertThat(registration(store).register(NETWORK, former).object().podCidrs())
                .containsExactly(IpPrefix.parse("10.244.1.0/24"));
    }

    @Test
    void unchangedNode_isNotWrittenAgain() throws Exception {
        Store store = open();
        var first = registration(store).register(NETWORK, facts(1));

        assertThat(registration(store).register(NETWORK, facts(1)).version())
                .isEqualTo(first.version());
    }

    @Test
    void subnetAssignedBySomebodyElse_isRespected() throws Exception {
        Store store = open();
        IpPrefix assigned = IpPrefix.parse("10.244.77.0/24");
        store.create(Kind.NODE, Node.named("node-1").withPodCidrs(List.of(assigned)));

        assertThat(registration(store).register(NETWORK, facts(1)).object().podCidrs())
                .containsExactly(assigned);
        store.create(
                Kind.NODE,
                Node.named("big").withPodCidrs(List.of(IpPrefix.parse("10.244.0.0/21"))));
        assertThat(registration(store).register(NETWORK, facts(2)).object().podCidrs())
                .containsExactly(IpPrefix.parse("10.244.8.0/24"));
    }

    @Test
    void subnetOutsideTheNetwork_isRefusedWithBothNamed() throws Exception {
        Store store = open();
        store.create(
                Kind.NODE,
                Node.named("node-1").withPodCidrs(List.of(IpPrefix.parse("10.9.0.0/24"))));

        assertThatThrownBy(() -> registration(store).register(NETWORK, facts(1)))
                .isInstanceOf(UnusableSubnetException.class)
                .hasMessage(
                        "node node-1: spec.podCIDRs holds 10.9.0.0/24, which is not in network pods (10.244.0.0/16);"
                                + " correct one of the two, or remove it from the Node to be given another");
    }

    @Test
    void subnetOfAnOlderNode_isRefused() throws Exception {
        Store store = open();
        Node elder = registration(store).register(NETWORK, facts(1)).object();
        store.create(Kind.NODE, Node.named("node-2").withPodCidrs(elder.podCidrs()));

        assertThatThrownBy(() -> registration(store).register(NETWORK, facts(2)))
                .isInstanceOf(UnusableSubnetException.class)
                .hasMessageContaining("also held by the older node node-1");
        assertThat(registration(store).register(NETWORK, facts(1)).object()).isEqualTo(elder);
    }

    @Test
    void fullNetwork_saysRangeAndUse() throws Exception {
        Store store = open();
        Network small = sized("10.244.0.0/22", 24);
        for (int i = 1; i <= 4; i++) {
            registration(store).register(small, facts(i));
        }

        assertThatThrownBy(() -> registration(store).register(small, facts(5)))
                .isInstanceOf(SubnetsExhaustedException.class)
                .hasMessage(
                        "network pods: no free subnet for this node: all 4 subnets /24 of 10.244.0.0/22 are in use, by"
                                + " 4 subnets of other nodes; delete Nodes that are gone, or make a network with a"
                                + " larger range");
        var gone = store.find(Kind.NODE, "node-2").orElseThrow();
        store.remove(Kind.NODE, "node-2", gone.version());
        assertThat(registration(store).register(small, facts(5)).object().podCidrs())
                .isEqualTo(gone.object().podCidrs());
    }

    @Test
    void claimLeftByACrash_isReplacedAtTheNextStart() throws Exception {
        Store store = open();
        Node crashed =
                Node.named("node-1")
                        .withMetadata(
                                Node.named("node-1")
                                        .metadata()
                                        .with(NodeAnnotations.SUBNET_CLAIM, "10.244.1.0/24"));
        store.create(Kind.NODE, crashed);
        Node other = registration(store).register(NETWORK, facts(2)).object();
        assertThat(other.podCidrs()).containsExactly(IpPrefix.parse("10.244.2.0/24"));

        Node again = registration(store).register(NETWORK, facts(1)).object();

        assertThat(again.podCidrs()).containsExactly(IpPrefix.parse("10.244.1.0/24"));
        assertThat(again.metadata().annotations()).doesNotContainKey(NodeAnnotations.SUBNET_CLAIM);
    }

    @Test
    void dualStack_getsOneSubnetOfEachFamily() throws Exception {
        Network dual =
                Network.of(
                        "pods",
                        List.of(
                                IpPrefix.parse("10.244.0.0/16"),
                                IpPrefix.parse("fd00:10:244::/56")));
        NodeFacts facts =
                NodeFacts.of(
                        "node-1",
                        new Underlay(
                                "eth0",
                                List.of(
                                        IpPrefix.parse("192.0.2.1/24"),
                                        IpPrefix.parse("2001:db8::1/64")),
                                1500),
                        Vteps.of(MacAddress.of(0x020000000001L)),
                        List.of(),
                        NOW);

        Node node = registration(open()).register(dual, facts).object();

        assertThat(node.podCidrs())
                .containsExactly(
                        IpPrefix.parse("10.244.1.0/24"), IpPrefix.parse("fd00:10:244:1::/64"));
        assertThat(node.metadata().annotations())
                .containsEntry(NodeAnnotations.FLANNEL_PUBLIC_IPV6, "2001:db8::1");
    }

    @Test
    void hostGw_isAnnouncedAsFlannelDoes() throws Exception {
        Network routed = NETWORK.withSpec(NETWORK.spec().withCarrier(CarrierName.HOST_GW));

        Node node = registration(open()).register(routed, facts(1)).object();

        assertThat(node.metadata().annotations())
                .containsEntry(NodeAnnotations.FLANNEL_BACKEND, "host-gw")
                .containsEntry(NodeAnnotations.FLANNEL_BACKEND_DATA, "null");
    }

    @Test
    void wireguardKey_isAnnouncedInOurWordsAndFlannels() throws Exception {
        WireguardKey key = WireguardPrivateKey.generate().publicKey();
        Network encrypted = NETWORK.withSpec(NETWORK.spec().withCarrier(CarrierName.WIREGUARD));

        Node node =
                registration(open())
                        .register(
                                encrypted, facts(1).withTunnelKeys(Map.of(TunnelDevice.FIRST, key)))
                        .object();

        assertThat(node.metadata().annotations())
                .containsEntry(NodeAnnotations.WIREGUARD_PUBLIC_KEY, key.toString())
                .containsEntry(NodeAnnotations.FLANNEL_BACKEND, "wireguard")
                .containsEntry(
                        NodeAnnotations.FLANNEL_BACKEND_DATA,
                        "{\"PublicKey\":\"" + key + "\",\"Port\":51820}");
    }

    @Test
    void sixteenNodesAtOnceForSixteenSubnets_eachGetsItsOwn() throws Exception {
        Network small = sized("10.244.0.0/20", 24);
        Set<IpPrefix> subnets = registerAtOnce(small, 16);

        assertThat(subnets).hasSize(16);
    }

    @Test
    void twelveNodesAtOnceForEightSubnets_eightGetOneAndTheOthersAreTold() throws Exception {
        Set<IpPrefix> subnets = registerAtOnce(sized("10.244.0.0/21", 24), 12);

        assertThat(subnets.size()).isLessThanOrEqualTo(8);
        Set<IpPrefix> stored = new HashSet<>();
        open().list(Kind.NODE).objects().forEach(node -> stored.addAll(node.object().podCidrs()));
        assertThat(stored).isEqualTo(subnets);
    }

    /** Distinct subnets of those that got one; fails when two got the same. */
    private Set<IpPrefix> registerAtOnce(Network network, int nodes) throws Exception {
        List<Callable<Node>> tasks = new ArrayList<>();
        for (int i = 1; i <= nodes; i++) {
            NodeRegistration registration = registration(open());
            NodeFacts facts = facts(i);
            tasks.add(() -> registration.register(network, facts).object());
        }
        Set<IpPrefix> subnets = new HashSet<>();
        try (ExecutorService executor = Executors.newFixedThreadPool(nodes)) {
            for (Future<Node> result : executor.invokeAll(tasks)) {
                try {
                    for (IpPrefix subnet : result.get().podCidrs()) {
                        assertThat(subnets.add(subnet)).as("%s given twice", subnet).isTrue();
                    }
                } catch (ExecutionException e) {
                    assertThat(e.getCause()).isInstanceOf(SubnetsExhaustedException.class);
                }
            }
        }
        return subnets;
    }
}
