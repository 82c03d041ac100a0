package dev.kakehashi.cluster.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cluster.BgpPeer;
import dev.kakehashi.cluster.ClusterObject;
import dev.kakehashi.cluster.InvalidObjectException;
import dev.kakehashi.cluster.IpBlock;
import dev.kakehashi.cluster.IpPool;
import dev.kakehashi.cluster.KeyRotation;
import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.Node;
import dev.kakehashi.cluster.NodeAnnotations;
import dev.kakehashi.cluster.flannel.FlannelConfig;
import dev.kakehashi.cluster.flannel.FlannelLease;
import dev.kakehashi.cluster.flannel.FlannelNodes;
import dev.kakehashi.cluster.ipam.IpamInUse;
import dev.kakehashi.cluster.migration.CarrierObstacles;
import dev.kakehashi.cluster.migration.CarriersAnnotation;
import dev.kakehashi.cluster.store.ObjectValue;
import dev.kakehashi.cluster.store.Version;
import dev.kakehashi.cluster.yaml.JsonText;
import dev.kakehashi.testing.Seeds;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Whatever somebody writes into a store: it is read, or refused by the exception that readers of
 * the store expect. None takes long.
 */
@Timeout(300)
class StoreValuesFuzzTest {
    private static final int ROUNDS = 1_500;
    private static final int DEEP = 100;
    private static final int LONG = 20_000;

    private final RandomGenerator random = Seeds.random();
    private int read;
    private int refused;

    private static <T extends ClusterObject> T valid(Kind<T> kind, String name, String rest)
            throws Exception {
        String text =
                "apiVersion: %s\nkind: %s\nmetadata: {name: %s, creationTimestamp: '2026-01-01T00:00:00Z'}\n"
                                .formatted(kind.apiVersion(), kind.singular(), name)
                        + rest;
        return ObjectValue.decode(
                        kind, name, text.getBytes(StandardCharsets.UTF_8), new Version("1"))
                .object();
    }

    @Test
    void networks() throws Exception {
        Network network =
                valid(
                        Kind.NETWORK,
                        "pods",
                        """
                        spec: {cidrs: [10.244.0.0/16, 'fd00:10::/56'], nodePrefixLength: 24,
                          carrier: host-gw, crossSubnet: vxlan, podLink: routed, mtu: 1400,
                          vxlan: {vni: 7, port: 4789}, ipam: {type: pools, minFree: 8},
                          wireguard: {port: 51820, secondPort: 51821, rotationHours: 24},
                          bgp: {asNumber: 64512, nodeMesh: true}}
                        status: {conditions: [{type: Accepted, status: 'True', observedGeneration: 3,
                          lastTransitionTime: '2026-01-01T00:00:00Z'}]}
                        """);
        objects(
                Kind.NETWORK,
                network.withMetadata(
                        network.metadata()
                                .with(
                                        Network.WIREGUARD_ROTATION,
                                        "{\"time\":\"2026-01-01T00:00:00Z\",\"nodes\":[\"a\"]}")),
                one -> KeyRotation.of(one).toString());
    }

    @Test
    void pools() throws Exception {
        IpPool pool =
                valid(
                        Kind.IP_POOL,
                        "pods",
                        """
                        spec: {network: blue, cidr: 10.244.0.0/16, blockSize: 28, disabled: true,
                          nodeSelector: {matchLabels: {rack: a}}, assignment: borrow,
                          namespaceSelector: {matchExpressions: [{key: a, operator: In, values: [b]}]},
                          reservations: [10.244.0.0/30], noMasqueradeTo: [10.0.0.0/8]}
                        status: {phase: Active, cidr: 10.244.0.0/16, blockSize: 28, message: hello}
                        """);
        objects(Kind.IP_POOL, pool, one -> one.saying(one.status(), Instant.EPOCH));
    }

    @Test
    void blocks() throws Exception {
        IpBlock block =
                valid(
                        Kind.IP_BLOCK,
                        "10-244-3-64-26",
                        """
                        spec: {cidr: 10.244.3.64/26, pool: pods, network: default, node: a,
                          state: Confirmed, generation: 7000000000, reclaimer: b,
                          givenUp: [{address: 10.244.3.90, borrower: b, mark: 9}]}
                        status: {allocations: [{address: 10.244.3.66, handle: 0123abcd/eth0/12, node: a,
                          attributes: {pod: shop/cart-0}, since: '2026-01-31T12:00:00Z'}]}
                        """);
        objects(Kind.IP_BLOCK, block, one -> one.withAllocations(List.of()));
    }

    @Test
    void bgpPeers() throws Exception {
        BgpPeer peer =
                valid(
                        Kind.BGP_PEER,
                        "fabric",
                        """
                        spec: {network: pods, peerAddress: 192.0.2.1, peerAsNumber: 64513, peerPort: 1790,
                          sourceAddress: 192.0.2.2, localAsNumber: 64514, passwordFile: rack,
                          communities: ['64512:100', '1:2:3'], ipFamilies: [IPv4], multihop: 2,
                          import: [{cidr: 10.0.0.0/8, maxLength: 24}], export: [{cidr: 0.0.0.0/0}]}
                        status: {down: [{node: a, reason: no answer}]}
                        """);
        objects(
                Kind.BGP_PEER,
                peer,
                one -> one.status().said("a", Optional.of("down"), _ -> true, Instant.EPOCH));
    }

    /** Also what is in the annotations, which readers pass over or set the node aside for. */
    @Test
    void nodes() throws Exception {
        Node node = Cluster.node(Cluster.NETWORK, 2);
        for (var more :
                Map.of(
                                NodeAnnotations.FLANNEL_MANAGER, "true",
                                NodeAnnotations.FLANNEL_BACKEND, "vxlan",
                                NodeAnnotations.FLANNEL_BACKEND_DATA,
                                        "{\"VNI\":1,\"VtepMAC\":\"a6:1f:00:00:00:09\"}",
                                NodeAnnotations.CARRIERS,
                                        "{\"sends\":\"vxlan\",\"receives\":[\"vxlan\"]}",
                                NodeAnnotations.CARRIER_OBSTACLES, "{\"ipip\":\"no\"}",
                                NodeAnnotations.IPAM_IN_USE, "pods/podCIDR",
                                NodeAnnotations.BGP_AS_NUMBER, "64512",
                                NodeAnnotations.WIREGUARD_PORT, "51820")
                        .entrySet()) {
            node = node.withMetadata(node.metadata().with(more.getKey(), more.getValue()));
        }
        Way way = Way.wanted(Cluster.NETWORK);
        objects(
                Kind.NODE,
                node,
                one -> {
                    List<Node> all = List.of(one);
                    var _ = CarriersAnnotation.read(one, way);
                    var _ = CarrierObstacles.of(one);
                    var _ = IpamInUse.of(one, "pods");
                    var _ = FlannelNodes.refuses(Cluster.NETWORK, all);
                    var _ = FlannelNodes.at(Cluster.NETWORK, all, Instant.EPOCH);
                    return Peers.of(
                                    Cluster.NETWORK,
                                    Cluster.self(Cluster.NETWORK, 1),
                                    ClusterState.of(all))
                            .refused();
                });
    }

    @Test
    void flannelsConfiguration() throws Exception {
        texts(
                "{\"Network\":\"10.244.0.0/16\",\"EnableIPv6\":true,\"IPv6Network\":\"fd00:244::/48\","
                        + "\"SubnetLen\":24,\"SubnetMin\":\"10.244.1.0\",\"SubnetMax\":\"10.244.250.0\","
                        + "\"IPv6SubnetLen\":64,\"Backend\":{\"Type\":\"vxlan\",\"VNI\":1,\"Port\":8472,"
                        + "\"DirectRouting\":true,\"PSK\":\"\",\"ListenPort\":51820}}",
                text -> {
                    FlannelConfig config = FlannelConfig.parse(text);
                    return config.carrier().isPresent() ? config.spec() : config;
                });
    }

    @Test
    void flannelsLeases() throws Exception {
        for (String backend :
                List.of(
                        "\"vxlan\",\"BackendData\":{\"VNI\":1,\"VtepMAC\":\"16:b8:05:11:22:33\"}",
                        "\"wireguard\",\"BackendData\":{\"PublicKey\":\"AAAA\"}",
                        "\"host-gw\"")) {
            texts(
                    "{\"PublicIP\":\"192.0.2.3\",\"PublicIPv6\":\"2001:db8::3\",\"BackendType\":"
                            + backend
                            + "}",
                    text -> FlannelLease.parse("10.244.3.0-24", text).value());
            texts(
                    "{\"key\":\"10.244.3.0-24&fd00:244:3::-64\"}",
                    text -> FlannelLease.parse(text.replaceAll("[{}\"]|key:", ""), "{}").key());
        }
    }

    private interface Use<T> {
        @Nullable Object of(T value);
    }

    private <T extends ClusterObject> void objects(Kind<T> kind, T valid, Use<T> use)
            throws Exception {
        byte[] whole = ObjectValue.encode(kind, valid);
        for (int i = 0; i < ROUNDS; i++) {
            byte[] octets = i == 0 ? whole : damaged(whole);
            try {
                T object =
                        ObjectValue.decode(kind, valid.name(), octets, new Version("1")).object();
                Object _ = use.of(object);
                Object _ = kind.encode(object);
                read++;
            } catch (InvalidObjectException e) {
                assertThat(e.getMessage()).isNotBlank();
                refused++;
            } catch (RuntimeException | Error e) {
                throw new AssertionError(shown(octets), e);
            }
        }
        assertBoth();
    }

    private void texts(String whole, Use<String> use) throws Exception {
        byte[] valid = whole.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < ROUNDS; i++) {
            byte[] octets = i == 0 ? valid : damaged(valid);
            try {
                Object _ = use.of(new String(octets, StandardCharsets.UTF_8));
                read++;
            } catch (NumberFormatException | IndexOutOfBoundsException e) {
                throw new AssertionError(shown(octets), e);
            } catch (IllegalArgumentException e) { // what these readers promise
                assertThat(e.getMessage()).isNotBlank();
                refused++;
            } catch (RuntimeException | Error e) {
                throw new AssertionError(shown(octets), e);
            }
        }
        assertBoth();
    }

    private void assertBoth() {
        assertThat(read).as("harmless damage").isGreaterThan(1);
        assertThat(refused).as("damage that matters").isPositive();
    }

    private static String shown(byte[] octets) {
        String text = new String(octets, StandardCharsets.UTF_8);
        return text.substring(0, Math.min(text.length(), 2000));
    }

    private byte[] damaged(byte[] whole) throws InvalidObjectException {
        if (random.nextInt(4) == 0) {
            return flipped(whole);
        }
        Map<String, @Nullable Object> tree =
                new LinkedHashMap<>(JsonText.parse("valid", whole).fields());
        for (int damage = random.nextInt(3); damage >= 0; damage--) {
            tree = map(tree);
        }
        return JsonText.write(tree);
    }

    private byte[] flipped(byte[] whole) {
        byte[] octets = whole.clone();
        for (int damage = random.nextInt(4); damage >= 0 && octets.length > 0; damage--) {
            int at = random.nextInt(octets.length);
            switch (random.nextInt(4)) {
                case 0 -> octets[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> octets[at] = (byte) random.nextInt();
                case 2 -> octets[at] = (byte) "{}[]\",:-09eE.\\".charAt(random.nextInt(14));
                default -> octets = Arrays.copyOf(octets, at);
            }
        }
        return octets;
    }

    /** One member changed, somewhere below. */
    private Map<String, @Nullable Object> map(Map<?, ?> old) {
        Map<String, @Nullable Object> changed = new LinkedHashMap<>();
        old.forEach((name, value) -> changed.put(name + "", value));
        List<String> names = new ArrayList<>(changed.keySet());
        if (names.isEmpty() || random.nextInt(12) == 0) {
            changed.put(random.nextBoolean() ? "more" : string(), nasty());
            return changed;
        }
        String name = names.get(random.nextInt(names.size()));
        switch (random.nextInt(8)) {
            case 0 -> changed.remove(name);
            case 1 -> changed.put(name, nasty());
            default -> changed.put(name, value(changed.get(name)));
        }
        return changed;
    }

    private @Nullable Object value(@Nullable Object old) {
        if (old instanceof Map<?, ?> map) {
            return map(map);
        }
        if (old instanceof List<?> list && !list.isEmpty()) {
            List<@Nullable Object> changed = new ArrayList<>(list);
            int at = random.nextInt(changed.size());
            changed.set(at, value(changed.get(at)));
            return changed;
        }
        if (old instanceof String text && !text.isEmpty() && random.nextBoolean()) {
            return new String(
                    flipped(text.getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8);
        }
        return nasty();
    }

    private @Nullable Object nasty() {
        return switch (random.nextInt(10)) {
            case 0 -> null;
            case 1 -> random.nextBoolean();
            case 2 -> random.nextLong();
            case 3 -> random.nextBoolean() ? Long.MAX_VALUE : Long.MIN_VALUE;
            case 4 -> (long) random.nextInt(-2, 300);
            case 5 -> nested();
            case 6 -> new ArrayList<>(java.util.Collections.nCopies(random.nextInt(5000), "x"));
            case 7 -> Map.of(string(), string());
            default -> string();
        };
    }

    private Object nested() {
        Object value = "x";
        for (int depth = random.nextInt(DEEP); depth > 0; depth--) {
            value = random.nextBoolean() ? List.of(value) : Map.of("a", value);
        }
        return value;
    }

    private String string() {
        return switch (random.nextInt(9)) {
            case 0 -> "";
            case 1 -> "x".repeat(random.nextInt(LONG));
            case 2 -> "9".repeat(random.nextInt(400));
            case 3 -> "::/0";
            case 4 -> "0.0.0.0/0";
            case 5 -> "../../etc/passwd";
            case 6 -> "\u0000\u202e\ud83d\ude00\n";
            case 7 -> "{\"VNI\":" + "9".repeat(random.nextInt(30)) + "}";
            default -> "-" + random.nextLong();
        };
    }
}
