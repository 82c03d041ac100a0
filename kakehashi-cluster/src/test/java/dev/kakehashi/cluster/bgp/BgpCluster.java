package dev.kakehashi.cluster.bgp;

import dev.kakehashi.cluster.BgpPeer;
import dev.kakehashi.cluster.BgpPeerSpec;
import dev.kakehashi.cluster.BgpSpec;
import dev.kakehashi.cluster.BgpTarget;
import dev.kakehashi.cluster.CarrierName;
import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.LabelSelector;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.NodeAnnotations;
import dev.kakehashi.cluster.carrier.SelfNode;
import dev.kakehashi.cluster.node.NodeFacts;
import dev.kakehashi.cluster.node.NodeRecord;
import dev.kakehashi.cluster.node.Underlay;
import dev.kakehashi.cluster.node.Vteps;
import dev.kakehashi.cluster.yaml.YamlDocument;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.MacAddress;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Invented clusters: node i has 192.0.2.i, from 11 on 198.51.100.i, and the i-th subnet. */
final class BgpCluster {
    static final Network NETWORK = network("10.244.0.0/16");
    static final Network DUAL = network("10.244.0.0/16", "fd00:10:244::/48");

    /** Its nodes have no IPv4 address. */
    static final Network SIX = network("fd00:10:244::/48");

    static final LabelSelector REFLECTORS =
            new LabelSelector(Map.of("reflector", "yes"), List.of());
    private static final Instant EPOCH = Instant.parse("2026-01-01T00:00:00Z");

    private BgpCluster() {}

    private static Network network(String... cidrs) {
        List<IpPrefix> prefixes = new ArrayList<>();
        for (String cidr : cidrs) {
            prefixes.add(IpPrefix.parse(cidr));
        }
        Network network = Network.of("pods", prefixes);
        return network.withSpec(network.spec().withCarrier(CarrierName.BGP));
    }

    static Network withoutMesh(Network network) {
        return network.withSpec(network.spec().withBgp(new BgpSpec(64512, false, 179)));
    }

    static SelfNode self(Network network, int i) {
        return self(network, i, underlay(network, i));
    }

    static SelfNode self(Network network, int i, Underlay underlay) {
        return SelfNode.of("node-" + i, subnets(network, i), underlay, Vteps.of(mac(i)));
    }

    /** The same without an IPv4 address. */
    static SelfNode selfWithoutIpv4(Network network, int i) {
        return self(network, i, underlay(SIX, i));
    }

    /** The same node with a borrowed address, of the next node's subnet. */
    static SelfNode borrower(Network network, int i) {
        List<IpPrefix> subnets = new ArrayList<>(subnets(network, i));
        subnets(network, i + 1)
                .forEach(of ->
                        subnets.add(
                                IpPrefix.parse(
                                        of.isIpv4()
                                                ? "10.244." + (i + 1) + ".9/32"
                                                : "fd00:10:244:" + (i + 1) + "::9/128")));
        return SelfNode.of("node-" + i, subnets, underlay(network, i), Vteps.of(mac(i)));
    }

    private static MacAddress mac(int i) {
        return MacAddress.of(0x02aa00000000L + i);
    }

    private static Underlay underlay(Network network, int i) {
        List<IpPrefix> addresses = new ArrayList<>();
        if (!network.spec().cidrs().equals(SIX.spec().cidrs())) {
            addresses.add(IpPrefix.parse((i > 10 ? "198.51.100." : "192.0.2.") + i + "/24"));
        }
        addresses.add(IpPrefix.parse((i > 10 ? "2001:db8:2::" : "2001:db8:1::") + i + "/64"));
        return new Underlay("eth0", addresses, 1500);
    }

    private static List<IpPrefix> subnets(Network network, int i) {
        return network.spec().cidrs().stream()
                .map(cidr -> cidr.isIpv4() ? "10.244." + i + ".0/24" : "fd00:10:244:" + i + "::/64")
                .map(IpPrefix::parse)
                .toList();
    }

    static List<Node> nodes(Network network, int count) throws Exception {
        List<Node> nodes = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            nodes.add(describe(network, Node.named("node-" + i), i));
        }
        return nodes;
    }

    /** The same nodes without IPv4 addresses. */
    static List<Node> nodesWithoutIpv4(Network network, int count) {
        List<Node> nodes = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            nodes.add(describe(network, Node.named("node-" + i), i, underlay(SIX, i)));
        }
        return nodes;
    }

    private static Node describe(Network network, Node node, int i) {
        return describe(network, node, i, underlay(network, i));
    }

    private static Node describe(Network network, Node node, int i, Underlay underlay) {
        NodeFacts facts =
                NodeFacts.of(
                        "node-" + i, underlay, Vteps.of(mac(i)), List.of(), EPOCH.plusSeconds(i));
        return NodeRecord.describe(node, network, facts).withPodCidrs(subnets(network, i));
    }

    static Node with(Node node, String annotation, String value) {
        return node.withMetadata(node.metadata().with(annotation, value));
    }

    /** A route reflector, with the label by which {@link #REFLECTORS} finds it. */
    static Node reflector(Network network, int i) throws Exception {
        YamlDocument document =
                YamlDocument.parse(
                        "node",
                        """
                        apiVersion: v1
                        kind: Node
                        metadata:
                          name: node-%d
                          labels: {reflector: 'yes'}
                        """
                                .formatted(i));
        Node node = Kind.NODE.decode(document.source(), document.tree(), document.lines()).object();
        return with(
                describe(network, node, i),
                NodeAnnotations.BGP_ROUTE_REFLECTOR_CLUSTER_ID,
                "244.0.0.1");
    }

    static BgpTarget.Router router(String address, long asNumber) {
        return new BgpTarget.Router(IpAddresses.parse(address), asNumber, 179);
    }

    static BgpPeer peer(String name, BgpTarget target) {
        return peer(name, BgpPeerSpec.of(target));
    }

    static BgpPeer peer(String name, BgpPeerSpec spec) {
        return BgpPeer.of(
                name,
                new BgpPeerSpec(
                        "pods", spec.nodeSelector(), spec.target(), spec.session(), spec.routes()));
    }
}
