package dev.kakehashi.agent.node;

import dev.kakehashi.cluster.BgpPeer;
import dev.kakehashi.cluster.ClusterObject;
import dev.kakehashi.cluster.InvalidObjectException;
import dev.kakehashi.cluster.IpBlockSpec;
import dev.kakehashi.cluster.IpPool;
import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.carrier.ClusterState;
import dev.kakehashi.cluster.yaml.YamlDocument;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Views of the node {@code n0} in the Network {@code pods}, as a store might have shown them. */
final class GeneratedView {
    private static final List<String> CARRIERS = List.of("vxlan", "host-gw", "wireguard", "bgp");

    private final SplittableRandom random;

    private GeneratedView(long seed) {
        this.random = new SplittableRandom(seed);
    }

    static LastView of(long seed, int nodes) throws InvalidObjectException {
        return new GeneratedView(seed).view(nodes);
    }

    private LastView view(int count) throws InvalidObjectException {
        List<Node> nodes = new ArrayList<>();
        List<IpBlockSpec> blocks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            nodes.add(node(i));
            if (random.nextBoolean()) {
                blocks.add(block(i));
            }
        }
        List<IpPool> pools = blocks.isEmpty() ? List.of() : List.of(pool());
        List<BgpPeer> peers = random.nextBoolean() ? List.of() : List.of(peer());
        return new LastView("n0", network(), new ClusterState(nodes, blocks, pools), peers);
    }

    private Network network() throws InvalidObjectException {
        return read(
                Kind.NETWORK,
                """
                apiVersion: kakehashi.dev/v1alpha1
                kind: Network
                metadata: {name: pods, annotations: {who: "%s"}}
                spec:
                  cidrs: [10.244.0.0/16]
                  carrier: %s
                  masquerade: %s
                  ipam: {type: pools, minFree: %d}
                """
                        .formatted(
                                text(),
                                CARRIERS.get(random.nextInt(CARRIERS.size())),
                                random.nextBoolean(),
                                random.nextInt(1, 99)));
    }

    private Node node(int i) throws InvalidObjectException {
        return read(
                Kind.NODE.keeping(node -> node.seenBy("n0")),
                """
                apiVersion: v1
                kind: Node
                metadata:
                  name: n%1$d
                  creationTimestamp: 2026-01-01T00:00:%2$02dZ
                  labels: {rack: "%3$s"}
                  annotations:
                    kakehashi.dev/vtep-mac: 02:00:00:00:%4$02x:%5$02x
                    note: "%6$s"
                spec:
                  podCIDRs: [10.244.%1$d.0/24]
                status:
                  addresses: [{type: InternalIP, address: 192.0.2.%1$d}]
                  conditions:
                  - {type: NetworkUnavailable, status: "%7$s", reason: Because, message: "%8$s"}
                """
                        .formatted(
                                i,
                                random.nextInt(60),
                                text(),
                                random.nextInt(256),
                                random.nextInt(256),
                                text(),
                                random.nextBoolean() ? "True" : "False",
                                text()));
    }

    private IpBlockSpec block(int i) throws InvalidObjectException {
        return read(
                        Kind.IP_BLOCK,
                        """
                        apiVersion: kakehashi.dev/v1alpha1
                        kind: IPBlock
                        metadata: {name: 10-244-%1$d-0-26}
                        spec:
                          cidr: 10.244.%1$d.0/26
                          pool: all
                          network: pods
                          node: n%2$d
                          state: %3$s
                          generation: %4$d
                          givenUp: [{address: 10.244.%1$d.9, borrower: n0, mark: 3}]
                        """
                                .formatted(
                                        i,
                                        random.nextInt(9),
                                        random.nextBoolean() ? "Confirmed" : "Pending",
                                        random.nextLong(Long.MAX_VALUE)))
                .spec();
    }

    private IpPool pool() throws InvalidObjectException {
        return read(
                Kind.IP_POOL,
                """
                apiVersion: kakehashi.dev/v1alpha1
                kind: IPPool
                metadata: {name: all}
                spec: {network: pods, cidr: 10.244.0.0/16, blockSize: 26, disabled: %s}
                status: {phase: %s, cidr: 10.244.0.0/16, blockSize: 26}
                """
                        .formatted(
                                random.nextBoolean(), random.nextBoolean() ? "Active" : "Pending"));
    }

    private BgpPeer peer() throws InvalidObjectException {
        return read(
                Kind.BGP_PEER,
                """
                apiVersion: kakehashi.dev/v1alpha1
                kind: BGPPeer
                metadata: {name: tor}
                spec: {network: pods, peerAddress: 192.0.2.254, peerAsNumber: %d, passwordFile: tor}
                """
                        .formatted(random.nextInt(64512, 65535)));
    }

    private String text() {
        return List.of("", "a", "ä 橋 \\\" \\n { }", "true", "1e9").get(random.nextInt(5));
    }

    private static <T extends ClusterObject> T read(Kind<T> kind, String yaml)
            throws InvalidObjectException {
        YamlDocument document = YamlDocument.parse("generated", yaml);
        return kind.decode(document.source(), document.tree(), document.lines()).object();
    }
}
