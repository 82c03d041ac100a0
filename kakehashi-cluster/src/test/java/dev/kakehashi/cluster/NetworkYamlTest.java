package dev.kakehashi.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.kakehashi.cluster.yaml.YamlDocument;
import dev.kakehashi.cluster.yaml.YamlText;
import dev.kakehashi.linux.IpPrefix;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

class NetworkYamlTest {
    private static final String HEAD =
            """
            apiVersion: kakehashi.dev/v1alpha1
            kind: Network
            metadata:
              name: pods
            """;

    private static Kind.Decoded<Network> read(String text) throws InvalidObjectException {
        YamlDocument document = YamlDocument.parse("networks/pods.yaml", text);
        return Kind.NETWORK.decode(document.source(), document.tree(), document.lines());
    }

    @Test
    void onlyCidrsGiven_everythingElseHasFlannelsDefaults() throws Exception {
        Network network = read(HEAD + "spec:\n  cidrs: [10.244.0.0/16]\n").object();

        assertThat(network.spec())
                .isEqualTo(NetworkSpec.of(List.of(IpPrefix.parse("10.244.0.0/16"))));
        assertThat(network.spec().carrier()).isEqualTo(CarrierName.VXLAN);
        assertThat(network.spec().vxlan()).isEqualTo(new VxlanSpec(1, 8472, false));
        assertThat(network.spec().masquerade()).isTrue();
        assertThat(network.spec().mtu()).isZero();
    }

    @Test
    void everyFieldGiven_everyFieldRead() throws Exception {
        Kind.Decoded<Network> decoded =
                read(
                        HEAD
                                + """
                                spec:
                                  cidrs: [10.244.0.0/16, "fd00:10:244::/56"]
                                  nodePrefixLength: 26
                                  nodePrefixLengthIPv6: 72
                                  carrier: host-gw
                                  podLink: bridge
                                  dataplane: nft
                                  mtu: 1400
                                  masquerade: false
                                  crossSubnet: vxlan
                                  vxlan:
                                    vni: 7
                                    port: 4789
                                    directRouting: true
                                  ipip:
                                    directRouting: true
                                  wireguard:
                                    port: 51821
                                    persistentKeepalive: 25
                                  ipam:
                                    type: pools
                                    minFree: 8
                                    offlineSeconds: 600
                                  bgp:
                                    asNumber: 4200000000
                                    nodeMesh: false
                                    listenPort: 1179
                                """);

        assertThat(decoded.warnings()).isEmpty();
        assertThat(decoded.object().spec())
                .isEqualTo(
                        new NetworkSpec(
                                List.of(
                                        IpPrefix.parse("10.244.0.0/16"),
                                        IpPrefix.parse("fd00:10:244::/56")),
                                26,
                                72,
                                CarrierName.HOST_GW,
                                PodLink.BRIDGE,
                                Dataplane.NFT,
                                1400,
                                false,
                                CrossSubnet.VXLAN,
                                new VxlanSpec(7, 4789, true),
                                new IpipSpec(true),
                                WireguardSpec.of(51821, 25),
                                new IpamSpec(IpamType.POOLS, 8, Duration.ofMinutes(10)),
                                new BgpSpec(4200000000L, false, 1179)));
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                Arguments.of(
                        "  cidrs: [10.244.0.0/16]\n  podLink: switched\n",
                        "networks/pods.yaml:7: spec.podLink: 'switched' is not allowed; allowed is one of bridge,"
                                + " routed"),
                Arguments.of(
                        "  cidrs: [10.244.0.0/16]\n  dataplane: ebpf\n",
                        "networks/pods.yaml:7: spec.dataplane: 'ebpf' is not supported by this version; allowed is"
                                + " nft"),
                Arguments.of(
                        "  cidrs: [10.244.0.0/16]\n  carrier: gre\n",
                        "networks/pods.yaml:7: spec.carrier: 'gre' is not allowed; allowed is one of vxlan, host-gw,"
                                + " ipip, wireguard, bgp"),
                Arguments.of(
                        "  cidrs: [10.244.0.0/16, 'fd00:10:244::/56']\n  carrier: ipip\n",
                        "networks/pods.yaml:7: spec.carrier: 'ipip' carries IPv4 only, and cidrs holds an IPv6"
                                + " network; use vxlan or wireguard"),
                Arguments.of(
                        "  cidrs: ['fd00:10:244::/56']\n  carrier: host-gw\n  crossSubnet: ipip\n",
                        "networks/pods.yaml:8: spec.crossSubnet: 'ipip' carries IPv4 only, and cidrs holds an"
                                + " IPv6 network; use vxlan or wireguard"),
                Arguments.of(
                        "  cidrs: [10.244.0.1/16]\n",
                        "networks/pods.yaml:6: spec.cidrs[0]: '10.244.0.1/16' has host bits set; the network is"
                                + " 10.244.0.0/16"),
                Arguments.of(
                        "  cidrs: [10.244.0.0]\n",
                        "networks/pods.yaml:6: spec.cidrs[0]: '10.244.0.0' has no prefix length; write for example"
                                + " 10.244.0.0/32"),
                Arguments.of(
                        "  cidrs: [pods]\n",
                        "networks/pods.yaml:6: spec.cidrs[0]: 'pods' is not a network such as 10.244.0.0/16 or"
                                + " fd00:10:244::/56"),
                Arguments.of(
                        "  cidrs: [10.0.0.0/16, 10.1.0.0/16]\n",
                        "networks/pods.yaml:6: spec.cidrs: may hold at most one network of each family"),
                Arguments.of(
                        "  cidrs: []\n",
                        "networks/pods.yaml:6: spec.cidrs: is required: the addresses of the pods, such as [10.244.0.0/16]"),
                Arguments.of(
                        "  mtu: 1400\n",
                        "networks/pods.yaml: spec.cidrs: is required: the addresses of the pods, such as"
                                + " [10.244.0.0/16]"),
                Arguments.of(
                        "  cidrs: [10.244.0.0/16]\n  mtu: 100\n",
                        "networks/pods.yaml:7: spec.mtu: 100 is not allowed; allowed is an integer from 576 to 65535"),
                Arguments.of(
                        "  cidrs: [10.244.0.0/16]\n  mtu: fifteen\n",
                        "networks/pods.yaml:7: spec.mtu: must be an integer from 576 to 65535"),
                Arguments.of(
                        "  cidrs: [10.244.0.0/16]\n  vxlan: {vni: 16777216}\n",
                        "networks/pods.yaml:7: spec.vxlan.vni: 16777216 is not allowed; allowed is an integer from 1"
                                + " to 16777215"),
                Arguments.of(
                        "  cidrs: [10.244.0.0/26]\n",
                        "networks/pods.yaml:6: spec.cidrs: a node's /24 does not fit into 10.244.0.0/26;"
                                + " nodePrefixLength must be at least 26"),
                Arguments.of(
                        "  cidrs: [10.244.0.0/16]\n  masquerade: \"no\"\n",
                        "networks/pods.yaml:7: spec.masquerade: must be true or false"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void mistake_isNamedWithFileLinePathAndWhatIsAllowed(String spec, String message) {
        var thrown =
                catchThrowableOfType(
                        InvalidObjectException.class, () -> read(HEAD + "spec:\n" + spec));

        assertThat(thrown.problems()).extracting(Problem::toString).containsExactly(message);
    }

    @Test
    void severalMistakes_areAllReportedAtOnce() {
        String text = "kind: Net\nmetadata: {name: Pods}\nspec: {mtu: 1}\n";

        var thrown = catchThrowableOfType(InvalidObjectException.class, () -> read(text));

        assertThat(thrown.problems())
                .extracting(Problem::path)
                .containsExactly("apiVersion", "kind", "metadata.name", "spec.mtu", "spec.cidrs");
    }

    @Test
    void unknownField_isReportedWithTheNearestKnownOneAndSurvivesARewrite() throws Exception {
        String text =
                HEAD
                        + "spec:\n  cidrs: [10.244.0.0/16]\n  maskerade: false\n  future: {a: [1, {b: c}]}\n";

        Kind.Decoded<Network> decoded = read(text);

        assertThat(decoded.warnings())
                .extracting(Problem::toString)
                .containsExactly(
                        "networks/pods.yaml:7: spec.maskerade: is unknown and has no effect; did you mean masquerade?",
                        "networks/pods.yaml:8: spec.future: is unknown and has no effect");
        Network changed =
                decoded.object().withSpec(decoded.object().spec().withCarrier(CarrierName.HOST_GW));
        assertThat(YamlText.write(Kind.NETWORK.encode(changed)))
                .contains("maskerade: false", "future:", "b: c", "carrier: host-gw");
    }

    @Test
    void writtenThenRead_isTheSame() throws Exception {
        Network network = read(HEAD + "spec:\n  cidrs: [10.244.0.0/16]\n  mtu: 1400\n").object();

        Network again = read(YamlText.write(Kind.NETWORK.encode(network))).object();

        assertThat(again.spec()).isEqualTo(network.spec());
        assertThat(again.metadata()).isEqualTo(network.metadata());
    }
}
