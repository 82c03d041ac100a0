package dev.kakehashi.store.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.cluster.InvalidObjectException;
import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.Tree;
import dev.kakehashi.cluster.yaml.YamlDocument;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The API server refuses what our own reader refuses, and nothing else. */
@Tag("peers")
class JudgedAlikeTest {
    @TempDir static Path directory;
    @RegisterExtension static final ApiServer server = new ApiServer(() -> directory);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    true  | {cidrs: [10.244.0.0/16]}
                    true  | {cidrs: [10.244.0.0/16, "fd00:10::/56"], carrier: host-gw, mtu: 1400}
                    true  | {cidrs: [10.244.0.0/16], nodePrefixLength: 26, masquerade: false}
                    true  | {cidrs: [10.244.0.0/16], vxlan: {vni: 7, port: 4789, directRouting: true}}
                    true  | {cidrs: [10.244.0.0/16], carrier: ipip}
                    true  | {cidrs: [10.244.0.0/16], wireguard: {rotationHours: 24}}
                    true  | {cidrs: [10.244.0.0/16], wireguard: {port: 51821, secondPort: 51820}}
                    true  | {cidrs: [10.244.0.0/16], bgp: {asNumber: 4200000000}}
                    false | {}
                    false | {cidrs: []}
                    false | {cidrs: [10.244.0.0]}
                    false | {cidrs: [10.244.0.1/16]}
                    false | {cidrs: [nonsense]}
                    false | {cidrs: ["::ffff:10.244.0.0/112"]}
                    false | {cidrs: ["::ffff:10.244.0.0/16"]}
                    false | {cidrs: [10.244.0.0/16, 10.245.0.0/16]}
                    false | {cidrs: [10.244.0.0/25]}
                    false | {cidrs: [10.244.0.0/16], nodePrefixLength: 8}
                    false | {cidrs: ["fd00:10::/96"]}
                    false | {cidrs: [10.244.0.0/16], carrier: pigeon}
                    false | {cidrs: [10.244.0.0/16, "fd00:10::/56"], carrier: ipip}
                    false | {cidrs: ["fd00:10::/56"], carrier: host-gw, crossSubnet: ipip}
                    false | {cidrs: [10.244.0.0/16], mtu: 100}
                    false | {cidrs: [10.244.0.0/16], mtu: "1400"}
                    false | {cidrs: [10.244.0.0/16], masquerade: "yes"}
                    false | {cidrs: [10.244.0.0/16], vxlan: {vni: 0}}
                    false | {cidrs: [10.244.0.0/16], vxlan: 1}
                    false | {cidrs: [10.244.0.0/16], wireguard: {separate: true, rotationHours: 24}}
                    false | {cidrs: [10.244.0.0/16], wireguard: {port: 7, secondPort: 7}}
                    false | {cidrs: [10.244.0.0/16], wireguard: {secondPort: 51820}}
                    false | {cidrs: [10.244.0.0/16], bgp: {asNumber: 0}}
                    false | {cidrs: [10.244.0.0/16], bgp: {asNumber: 23456}}
                    false | {cidrs: [10.244.0.0/16], bgp: {asNumber: 4294967295}}
                    false | {cidrs: [10.244.0.0/16], ipam: {offlineSeconds: 1}}
                    false | {cidrs: [10.244.0.0/16], dataplane: ebpf}
                    """)
    void network(boolean good, String spec) throws Exception {
        assertJudged(Kind.NETWORK, "probe", spec, good);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    true  | {cidr: 10.244.0.0/16}
                    true  | {cidr: 10.244.0.0/16, blockSize: 20}
                    true  | {cidr: 10.244.0.0/16, blockSize: 30, network: blue, disabled: true}
                    true  | {cidr: 10.0.0.0/30}
                    true  | {cidr: 10.0.0.0/28, blockSize: 28}
                    true  | {cidr: "fd00:1::/64"}
                    true  | {cidr: "fd00:1::/64", blockSize: 116}
                    true  | {cidr: "fd00:1::/64", blockSize: 126}
                    true  | {cidr: 10.244.0.0/16, reservations: [10.244.0.0/30, 10.244.7.1/32]}
                    true  | {cidr: 10.244.0.0/16, noMasqueradeTo: [10.0.0.0/8], masquerade: false}
                    true  | {cidr: 10.244.0.0/16, nodeSelector: {matchLabels: {rack: a}}}
                    true  | {cidr: 10.244.0.0/16, namespaceSelector: {matchExpressions: [{key: a, operator: In, values: [b]}]}}
                    true  | {cidr: 10.244.0.0/16, nodeSelector: {matchExpressions: [{key: a, operator: Exists}]}}
                    false | {}
                    false | {cidr: ""}
                    false | {cidr: 10.244.0.0}
                    false | {cidr: 10.244.0.1/16}
                    false | {cidr: 10.244.0.0/33}
                    false | {cidr: "::ffff:10.244.0.0/16"}
                    false | {cidr: [10.244.0.0/16]}
                    false | {cidr: 10.0.0.0/31}
                    false | {cidr: 10.0.0.0/32}
                    false | {cidr: "fd00:1::/127"}
                    false | {cidr: 10.244.0.0/16, blockSize: 15}
                    false | {cidr: 10.244.0.0/16, blockSize: 19}
                    false | {cidr: 10.244.0.0/16, blockSize: 31}
                    false | {cidr: 10.244.0.0/16, blockSize: 0}
                    false | {cidr: 10.244.0.0/16, blockSize: 122}
                    false | {cidr: 10.0.0.0/28, blockSize: 27}
                    false | {cidr: "fd00:1::/64", blockSize: 115}
                    false | {cidr: "fd00:1::/64", blockSize: 127}
                    false | {cidr: "fd00:1::/64", blockSize: 26}
                    false | {cidr: 10.244.0.0/16, blockSize: "26"}
                    false | {cidr: 10.244.0.0/16, network: Blue_}
                    false | {cidr: 10.244.0.0/16, network: ""}
                    false | {cidr: 10.244.0.0/16, network: a..b}
                    false | {cidr: 10.244.0.0/16, reservations: [10.245.0.0/30]}
                    false | {cidr: 10.244.0.0/16, reservations: [10.244.0.1]}
                    false | {cidr: 10.244.0.0/16, reservations: ["fd00::/64"]}
                    false | {cidr: 10.244.0.0/16, noMasqueradeTo: ["fd00::/64"]}
                    false | {cidr: 10.244.0.0/16, noMasqueradeTo: [all]}
                    false | {cidr: 10.244.0.0/16, assignment: lend}
                    false | {cidr: 10.244.0.0/16, nodeSelector: {matchExpressions: [{key: a, operator: In}]}}
                    false | {cidr: 10.244.0.0/16, nodeSelector: {matchExpressions: [{key: a, operator: In, values: []}]}}
                    false | {cidr: 10.244.0.0/16, nodeSelector: {matchExpressions: [{key: a, operator: Exists, values: [b]}]}}
                    false | {cidr: 10.244.0.0/16, nodeSelector: {matchExpressions: [{key: "", operator: Exists}]}}
                    false | {cidr: 10.244.0.0/16, nodeSelector: {matchExpressions: [{key: a, operator: Likes}]}}
                    false | {cidr: 10.244.0.0/16, nodeSelector: {matchExpressions: [{key: a}]}}
                    false | {cidr: 10.244.0.0/16, nodeSelector: {matchLabels: {rack: 1}}}
                    """)
    void ipPool(boolean good, String spec) throws Exception {
        assertJudged(Kind.IP_POOL, "probe", spec, good);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    true  | 10-244-3-64-26 | {cidr: 10.244.3.64/26, pool: p, network: net, node: a}
                    true  | 10-244-3-64-26 | {cidr: 10.244.3.64/26, pool: p, network: net, node: a.b, state: Confirmed, generation: 7}
                    true  | 10-244-3-64-26 | {cidr: 10.244.3.64/26, pool: p, network: net, node: a, state: Reclaiming, reclaimer: b}
                    true  | 10-0-0-0-20 | {cidr: 10.0.0.0/20, pool: p, network: net, node: a}
                    true  | fd00-1--40-122 | {cidr: "fd00:1::40/122", pool: p, network: net, node: a}
                    false | fd00-1--40-122 | {cidr: "fd00:1:0::40/122", pool: p, network: net, node: a}
                    true  | 10-244-3-64-26 | {cidr: 10.244.3.64/26, pool: p, network: net, node: a, givenUp: [{address: 10.244.3.65, borrower: b, mark: 3}, {address: 10.244.3.127}]}
                    false | fd00-1-0--40-122 | {cidr: "fd00:1:0::40/122", pool: p, network: net, node: a}
                    false | 10-244-3-64-26 | {}
                    false | 10-244-3-64-26 | {cidr: 10.244.3.64/26}
                    false | 10-244-3-64-26 | {cidr: 10.244.3.64/26, pool: p, network: net}
                    false | 10-244-3-64-26 | {cidr: 10.244.3.64/26, pool: p, network: net, node: ""}
                    false | 10-244-3-64-26 | {cidr: 10.244.3.64/26, pool: p, network: N, node: a}
                    false | 10-244-3-64-26 | {pool: p, network: net, node: a}
                    false | other          | {cidr: 10.244.3.64/26, pool: p, network: net, node: a}
                    false | 10-244-3-64-26 | {cidr: 10.244.3.65/26, pool: p, network: net, node: a}
                    false | 10-0-0-0-19 | {cidr: 10.0.0.0/19, pool: p, network: net, node: a}
                    false | 10-0-0-0-31 | {cidr: 10.0.0.0/31, pool: p, network: net, node: a}
                    false | fd00-1---115 | {cidr: "fd00:1::/115", pool: p, network: net, node: a}
                    false | 10-244-3-64-26 | {cidr: 10.244.3.64/26, pool: p, network: net, node: a, state: Lost}
                    false | 10-244-3-64-26 | {cidr: 10.244.3.64/26, pool: p, network: net, node: a, generation: "7"}
                    false | 10-244-3-64-26 | {cidr: 10.244.3.64/26, pool: p, network: net, node: a, givenUp: [{address: 10.244.3.63}]}
                    false | 10-244-3-64-26 | {cidr: 10.244.3.64/26, pool: p, network: net, node: a, givenUp: [{address: "fd00::1"}]}
                    false | 10-244-3-64-26 | {cidr: 10.244.3.64/26, pool: p, network: net, node: a, givenUp: [{address: "::ffff:10.244.3.65"}]}
                    false | 10-244-3-64-26 | {cidr: 10.244.3.64/26, pool: p, network: net, node: a, givenUp: [{address: one}]}
                    false | 10-244-3-64-26 | {cidr: 10.244.3.64/26, pool: p, network: net, node: a, givenUp: [{borrower: b}]}
                    false | 10-244-3-64-26 | {cidr: 10.244.3.64/26, pool: p, network: net, node: a, givenUp: [{address: 10.244.3.65, borrower: "b/c"}]}
                    """)
    void ipBlock(boolean good, String name, String spec) throws Exception {
        assertJudged(Kind.IP_BLOCK, name, spec, good);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    true  | {peerAddress: 192.0.2.1, peerAsNumber: 64513}
                    true  | {peerAddress: 169.254.1.1, peerAsNumber: 64513}
                    true  | {peerAddress: "2001:db8::1", peerAsNumber: 4200000000, peerPort: 1790, sourceAddress: "2001:db8::2"}
                    true  | {peerAddress: "fd00::1", peerAsNumber: 64513, multihop: 2, bfd: true, localAsNumber: 64514}
                    true  | {peerAddress: 192.0.2.1, peerAsNumber: 64513, passwordFile: rack-a.txt, ipFamilies: [IPv4, IPv6]}
                    true  | {peerAddress: 192.0.2.1, peerAsNumber: 64513, communities: ["64512:100", "4200000000:1:4294967295", "0:0"]}
                    true  | {peerAddress: 192.0.2.1, peerAsNumber: 64513, import: [{cidr: 0.0.0.0/0}], export: []}
                    true  | {peerAddress: 192.0.2.1, peerAsNumber: 64513, import: [{cidr: 10.0.0.0/8, maxLength: 32}, {cidr: "fd00::/8", maxLength: 128}]}
                    true  | {peerSelector: {matchLabels: {reflector: "yes"}}}
                    true  | {peerSelector: {matchExpressions: [{key: a, operator: Exists}]}, nodeSelector: {matchLabels: {a: b}}}
                    false | {}
                    false | {peerAddress: 192.0.2.1}
                    false | {peerAsNumber: 64513}
                    false | {peerSelector: {}}
                    false | {peerSelector: {matchLabels: {}}}
                    false | {peerAddress: 192.0.2.1, peerAsNumber: 64513, peerSelector: {matchLabels: {a: b}}}
                    false | {peerSelector: {matchLabels: {a: b}}, peerAsNumber: 64513}
                    false | {peerSelector: {matchLabels: {a: b}}, peerPort: 179}
                    false | {peerSelector: {matchLabels: {a: b}}, ipFamilies: [IPv4]}
                    false | {peerSelector: {matchExpressions: [{key: a, operator: In}]}}
                    false | {peerAddress: router, peerAsNumber: 64513}
                    false | {peerAddress: 192.0.2.1/32, peerAsNumber: 64513}
                    false | {peerAddress: 192.0.2.01, peerAsNumber: 64513}
                    false | {peerAddress: "::ffff:192.0.2.1", peerAsNumber: 64513}
                    false | {peerAddress: 0.0.0.0, peerAsNumber: 64513}
                    false | {peerAddress: 127.0.0.1, peerAsNumber: 64513}
                    false | {peerAddress: 224.0.0.5, peerAsNumber: 64513}
                    false | {peerAddress: 239.1.2.3, peerAsNumber: 64513}
                    false | {peerAddress: 255.255.255.255, peerAsNumber: 64513}
                    false | {peerAddress: "fe80::1", peerAsNumber: 64513}
                    false | {peerAddress: "fe80::1%eth0", peerAsNumber: 64513}
                    false | {peerAddress: "2001:db8::1%eth0", peerAsNumber: 64513}
                    false | {peerAddress: "::1", peerAsNumber: 64513}
                    false | {peerAddress: "ff02::1", peerAsNumber: 64513}
                    false | {peerAddress: 192.0.2.1, peerAsNumber: 0}
                    false | {peerAddress: 192.0.2.1, peerAsNumber: 23456}
                    false | {peerAddress: 192.0.2.1, peerAsNumber: 65535}
                    false | {peerAddress: 192.0.2.1, peerAsNumber: 4294967295}
                    false | {peerAddress: 192.0.2.1, peerAsNumber: "64513"}
                    false | {peerAddress: 192.0.2.1, peerAsNumber: 64513, localAsNumber: 23456}
                    false | {peerAddress: 192.0.2.1, peerAsNumber: 64513, peerPort: 65536}
                    false | {peerAddress: 192.0.2.1, peerAsNumber: 64513, sourceAddress: "2001:db8::2"}
                    false | {peerAddress: 192.0.2.1, peerAsNumber: 64513, sourceAddress: 0.0.0.0}
                    false | {peerAddress: "2001:db8::1", peerAsNumber: 64513, sourceAddress: "fe80::2"}
                    false | {peerAddress: 192.0.2.1, peerAsNumber: 64513, passwordFile: ../secret}
                    false | {peerAddress: 192.0.2.1, peerAsNumber: 64513, passwordFile: ""}
                    false | {peerAddress: 192.0.2.1, peerAsNumber: 64513, passwordFile: a/b}
                    false | {peerAddress: 192.0.2.1, peerAsNumber: 64513, multihop: 256}
                    false | {peerAddress: 192.0.2.1, peerAsNumber: 64513, maxRestartTime: 0}
                    false | {peerAddress: 192.0.2.1, peerAsNumber: 64513, maxRestartTime: 4096}
                    false | {peerAddress: 192.0.2.1, peerAsNumber: 64513, communities: ["64512"]}
                    false | {peerAddress: 192.0.2.1, peerAsNumber: 64513, communities: ["64512:65536"]}
                    false | {peerAddress: 192.0.2.1, peerAsNumber: 64513, communities: ["1:2:4294967296"]}
                    false | {peerAddress: 192.0.2.1, peerAsNumber: 64513, communities: ["1:2:3:4"]}
                    false | {peerAddress: 192.0.2.1, peerAsNumber: 64513, communities: ["+1:2"]}
                    false | {peerAddress: 192.0.2.1, peerAsNumber: 64513, communities: ["no-export"]}
                    false | {peerAddress: 192.0.2.1, peerAsNumber: 64513, communities: ["1:99999999999999999999"]}
                    false | {peerAddress: 192.0.2.1, peerAsNumber: 64513, ipFamilies: [IPv5]}
                    false | {peerAddress: 192.0.2.1, peerAsNumber: 64513, import: [{}]}
                    false | {peerAddress: 192.0.2.1, peerAsNumber: 64513, import: [{cidr: 10.0.0.1/8}]}
                    false | {peerAddress: 192.0.2.1, peerAsNumber: 64513, import: [{cidr: 10.0.0.0/8, maxLength: 7}]}
                    false | {peerAddress: 192.0.2.1, peerAsNumber: 64513, export: [{cidr: 10.0.0.0/8, maxLength: 33}]}
                    false | {peerAddress: 192.0.2.1, peerAsNumber: 64513, network: -}
                    """)
    void bgpPeer(boolean good, String spec) throws Exception {
        assertJudged(Kind.BGP_PEER, "probe", spec, good);
    }

    /** What reading an object may cost has the same bound on both sides. */
    @ParameterizedTest
    @CsvSource({"true, 64", "false, 65"})
    void longList(boolean good, int elements) throws Exception {
        String list =
                IntStream.range(0, elements)
                        .mapToObj(i -> "10.244." + i + ".0/24")
                        .collect(Collectors.joining(", "));

        assertJudged(
                Kind.IP_POOL, "probe", "{cidr: 10.244.0.0/16, reservations: [" + list + "]}", good);
        assertJudged(
                Kind.BGP_PEER,
                "probe",
                "{peerAddress: 192.0.2.1, peerAsNumber: 64513, import: ["
                        + list.replaceAll("[^ ,]+", "{cidr: $0}")
                        + "]}",
                good);
    }

    /** Every address of the largest block: the rules may not cost more than the server grants. */
    @ParameterizedTest
    @CsvSource({"true, 4096", "false, 4097"})
    void longListOfGivenUp(boolean good, int elements) throws Exception {
        String list =
                IntStream.range(0, elements)
                        .mapToObj(i ->
                                "{address: 10.0." + (i >> 8) + "." + (i & 255) + ", borrower: b}")
                        .collect(Collectors.joining(", "));

        assertJudged(
                Kind.IP_BLOCK,
                "10-0-0-0-20",
                "{cidr: 10.0.0.0/20, pool: p, network: net, node: a, givenUp: [" + list + "]}",
                good);
    }

    private static void assertJudged(Kind<?> kind, String name, String spec, boolean good)
            throws Exception {
        String yaml =
                """
                apiVersion: %s
                kind: %s
                metadata: {name: %s}
                spec: %s
                """
                        .formatted(kind.apiVersion(), kind.singular(), name, spec);
        Path file = Files.writeString(directory.resolve("object.yaml"), yaml);

        ApiServer.Said said = server.kubectl("create", "--dry-run=server", "-f", file.toString());

        assertThat(said.status() == 0).as(said.output()).isEqualTo(good);
        if (!good) {
            assertThat(said.output()).as("it is refused for what it says").contains("is invalid");
        }
        assertThat(isReadable(kind, yaml)).as("our own reader on " + spec).isEqualTo(good);
    }

    private static boolean isReadable(Kind<?> kind, String yaml) {
        try {
            YamlDocument document = YamlDocument.parse("object", yaml);
            Tree tree = document.tree();
            var _ = kind.decode("object", tree, document.lines());
            return true;
        } catch (InvalidObjectException e) {
            return false;
        }
    }
}
