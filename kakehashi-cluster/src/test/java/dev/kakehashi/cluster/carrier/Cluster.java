package dev.kakehashi.cluster.carrier;

import dev.kakehashi.cluster.CarrierName;
import dev.kakehashi.cluster.IpBlockSpec;
import dev.kakehashi.cluster.IpPool;
import dev.kakehashi.cluster.IpPoolSpec;
import dev.kakehashi.cluster.IpPoolStatus;
import dev.kakehashi.cluster.IpamSpec;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.TunnelDevice;
import dev.kakehashi.cluster.node.NodeFacts;
import dev.kakehashi.cluster.node.NodeRecord;
import dev.kakehashi.cluster.node.Underlay;
import dev.kakehashi.cluster.node.Vteps;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.wireguard.WireguardKey;
import dev.kakehashi.linux.wireguard.WireguardPrivateKey;
import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.NftTable;
import dev.kakehashi.state.Resource;
import dev.kakehashi.state.engine.Diff;
import dev.kakehashi.state.engine.ObservedState;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Invented clusters: node i has 192.0.2.i (or 198.51.100.i behind a router) and the i-th subnet.
 */
final class Cluster {
    static final Instant EPOCH = Instant.parse("2026-01-01T00:00:00Z");
    static final Network NETWORK = Network.of("pods", List.of(IpPrefix.parse("10.244.0.0/16")));
    static final Network DUAL =
            Network.of(
                    "pods",
                    List.of(IpPrefix.parse("10.244.0.0/16"), IpPrefix.parse("fd00:10:244::/48")));

    private Cluster() {}

    static Underlay underlay(int i) {
        boolean remote = i > 10;
        return new Underlay(
                "eth0",
                List.of(
                        IpPrefix.parse((remote ? "198.51.100." : "192.0.2.") + i + "/24"),
                        IpPrefix.parse((remote ? "2001:db8:2::" : "2001:db8:1::") + i + "/64")),
                1500);
    }

    /** The same without IPv4 addresses. */
    static Underlay underlayOfIpv6(int i) {
        Underlay dual = underlay(i);
        return new Underlay(
                dual.device(),
                dual.addresses().stream().filter(address -> !address.isIpv4()).toList(),
                dual.mtu());
    }

    static List<IpPrefix> subnets(Network network, int i) {
        List<IpPrefix> subnets = new ArrayList<>();
        for (IpPrefix cidr : network.spec().cidrs()) {
            subnets.add(
                    IpPrefix.parse(
                            cidr.isIpv4()
                                    ? "10.244." + i + ".0/24"
                                    : "fd00:10:244:" + i + "::/64"));
        }
        return subnets;
    }

    static MacAddress vtep(int i) {
        return MacAddress.of(0x02aa00000000L + i);
    }

    static WireguardPrivateKey tunnelKey(int i) {
        byte[] octets = new byte[WireguardKey.LENGTH];
        Arrays.fill(octets, (byte) i);
        octets[1] = 1; // clamping takes low bits of the first octet
        return WireguardPrivateKey.of(octets);
    }

    static SelfNode self(Network network, int i) {
        return self(network, i, underlay(i));
    }

    static SelfNode self(Network network, int i, Underlay underlay) {
        SelfNode self = SelfNode.of("node-" + i, subnets(network, i), underlay, Vteps.of(vtep(i)));
        if (!network.spec().permits(CarrierName.WIREGUARD)) {
            return self;
        }
        Map<TunnelDevice, NodeTunnelKey> keys = new EnumMap<>(TunnelDevice.class);
        tunnels(network)
                .forEach(device ->
                        keys.put(device, new NodeTunnelKey(tunnelKey(i), "/state/wireguard.key")));
        return self.withTunnelKeys(keys);
    }

    /** The devices of a network that encrypts. */
    private static List<TunnelDevice> tunnels(Network network) {
        return network.spec().wireguard().separate()
                ? List.of(TunnelDevice.values())
                : List.of(TunnelDevice.FIRST);
    }

    static Node node(Network network, int i) {
        return node(network, i, underlay(i));
    }

    static Node node(Network network, int i, Underlay underlay) {
        NodeFacts facts =
                NodeFacts.of(
                        "node-" + i, underlay, Vteps.of(vtep(i)), List.of(), EPOCH.plusSeconds(i));
        if (network.spec().permits(CarrierName.WIREGUARD)) {
            Map<TunnelDevice, WireguardKey> keys = new EnumMap<>(TunnelDevice.class);
            tunnels(network).forEach(device -> keys.put(device, tunnelKey(i).publicKey()));
            facts = facts.withTunnelKeys(keys);
        }
        return NodeRecord.describe(Node.named("node-" + i), network, facts)
                .withPodCidrs(subnets(network, i));
    }

    static List<Node> nodes(Network network, int count) {
        List<Node> nodes = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            nodes.add(node(network, i));
        }
        return nodes;
    }

    static NodeState compile(Network network, int self, List<Node> nodes)
            throws UnusableNetworkException {
        return NodeCompiler.compile(network, self(network, self), ClusterState.of(nodes));
    }

    /** The same network with addresses of pools. */
    static Network pooled(Network network) {
        return network.withSpec(network.spec().withIpam(IpamSpec.pools()));
    }

    /** The blocks of node i: two of IPv4, one of IPv6. */
    static List<IpBlockSpec> blocks(Network network, int i) {
        List<IpBlockSpec> blocks = new ArrayList<>();
        for (IpPrefix cidr : network.spec().cidrs()) {
            if (cidr.isIpv4()) {
                blocks.add(block("10.244." + i + ".64/26", "node-" + i));
                blocks.add(block("10.244.1" + i + ".0/26", "node-" + i));
            } else {
                blocks.add(block("fd00:10:244:" + i + "::40/122", "node-" + i));
            }
        }
        return blocks;
    }

    static IpBlockSpec block(String cidr, String node) {
        return new IpBlockSpec(
                IpPrefix.parse(cidr),
                "main",
                "pods",
                node,
                IpBlockSpec.State.CONFIRMED,
                1,
                "",
                List.of());
    }

    /** A pool that is in force. */
    private static IpPool pool(String name, String cidr, UnaryOperator<IpPoolSpec> spec) {
        IpPoolSpec plain = IpPoolSpec.of(IpPrefix.parse(cidr)).withNetwork("pods");
        IpPool pool = IpPool.of(name, spec.apply(plain));
        return pool.withStatus(IpPoolStatus.active(pool.spec().cidr(), pool.spec().blockSize()));
    }

    /** Nodes with blocks, and pools whose pods show their address to some or to everybody. */
    static ClusterState pooledState(Network network, int count) {
        List<Node> nodes = new ArrayList<>();
        List<IpBlockSpec> blocks = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            nodes.add(node(network, i).withPodCidrs(List.of()));
            blocks.addAll(blocks(network, i));
        }
        List<IpPrefix> inside =
                List.of(IpPrefix.parse("203.0.113.0/24"), IpPrefix.parse("10.0.0.0/8"));
        return new ClusterState(
                nodes,
                blocks,
                List.of(
                        pool("main", "10.244.0.0/17", spec -> spec.withMasquerade(true, inside)),
                        pool("plain", "10.244.128.0/18", spec -> spec),
                        pool(
                                "public",
                                "10.244.192.0/18",
                                spec -> spec.withMasquerade(false, List.of()))));
    }

    static SelfNode pooledSelf(Network network, int i) {
        SelfNode self = self(network, i);
        List<IpPrefix> own = blocks(network, i).stream().map(IpBlockSpec::cidr).toList();
        return self.withSubnets(own);
    }

    /**
     * What would be done on a bare kernel, in the words of ip, bridge, sysctl and nft; and what was
     * set aside.
     */
    static String text(NodeState state) {
        DesiredState.Builder plain = DesiredState.builder();
        StringBuilder tables = new StringBuilder();
        for (Resource resource : state.desired().in(NamespaceId.HOST)) {
            if (resource instanceof NftTable table) {
                tables.append(table.ruleset().text());
            } else {
                plain.host(new Resource[] {resource});
            }
        }
        StringBuilder text = new StringBuilder();
        text.append("# pods: MTU ")
                .append(state.podMtu())
                .append(", peers ")
                .append(state.peers())
                .append('\n');
        state.refused()
                .forEach(refused -> text.append("# set aside: ").append(refused).append('\n'));
        text.append(Diff.between(plain.build(), ObservedState.EMPTY));
        return text.append(tables).toString();
    }
}
