package dev.kakehashi.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.cluster.yaml.YamlDocument;
import dev.kakehashi.cluster.yaml.YamlText;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

class BgpPeerYamlTest {
    private static BgpPeer read(String spec) throws Exception {
        YamlDocument document =
                YamlDocument.parse(
                        "tor.yaml",
                        """
                        apiVersion: kakehashi.dev/v1alpha1
                        kind: BGPPeer
                        metadata:
                          name: tor
                        spec:
                        """
                                + spec.indent(2));
        var decoded = Kind.BGP_PEER.decode(document.source(), document.tree(), document.lines());
        assertThat(decoded.warnings()).isEmpty();
        return decoded.object();
    }

    @Test
    void addressAndAsNumber_areEnough() throws Exception {
        BgpPeer peer = read("peerAddress: 192.0.2.254\npeerAsNumber: 64513");

        assertThat(peer.spec())
                .isEqualTo(
                        BgpPeerSpec.of(
                                new BgpTarget.Router(
                                        IpAddresses.parse("192.0.2.254"), 64513, 179)));
    }

    @Test
    void everyField_isReadAndWrittenBack() throws Exception {
        BgpPeer peer =
                read(
                        """
                        network: pods
                        nodeSelector: {matchLabels: {rack: a}}
                        peerAddress: 2001:db8::1
                        peerAsNumber: 4200000000
                        peerPort: 1179
                        localAsNumber: 64999
                        sourceAddress: 2001:db8::2
                        passwordFile: tor
                        multihop: 2
                        bfd: true
                        gracefulRestart: false
                        maxRestartTime: 60
                        ipFamilies: [IPv4, IPv6]
                        keepOriginalNextHop: true
                        communities: ['64512:100', '4200000000:1:2']
                        import: [{cidr: '::/0'}, {cidr: '2001:db8:1::/48', maxLength: 64}]
                        export: []
                        """);

        BgpPeerSpec expected =
                new BgpPeerSpec(
                        "pods",
                        new LabelSelector(Map.of("rack", "a"), List.of()),
                        new BgpTarget.Router(IpAddresses.parse("2001:db8::1"), 4200000000L, 1179),
                        new BgpSessionSpec(
                                OptionalLong.of(64999),
                                Optional.of(IpAddresses.parse("2001:db8::2")),
                                Optional.of("tor"),
                                2,
                                true,
                                false,
                                60),
                        new BgpRoutesSpec(
                                List.of(IpFamily.IPV4, IpFamily.IPV6),
                                true,
                                List.of(
                                        new Community(List.of(64512L, 100L)),
                                        new Community(List.of(4200000000L, 1L, 2L))),
                                Optional.of(
                                        List.of(
                                                PrefixRange.exactly(IpPrefix.parse("::/0")),
                                                new PrefixRange(
                                                        IpPrefix.parse("2001:db8:1::/48"), 64))),
                                Optional.of(List.of())));
        assertThat(peer.spec()).isEqualTo(expected);
        YamlDocument again =
                YamlDocument.parse(
                        "again", YamlText.write(Kind.BGP_PEER.encode(BgpPeer.of("tor", expected))));
        assertThat(
                        Kind.BGP_PEER
                                .decode(again.source(), again.tree(), again.lines())
                                .object()
                                .spec())
                .isEqualTo(expected);
    }

    @Test
    void peerSelector_meansNodes() throws Exception {
        BgpPeer peer = read("peerSelector: {matchLabels: {reflector: 'yes'}}");

        assertThat(peer.spec().target())
                .isEqualTo(
                        new BgpTarget.Nodes(
                                new LabelSelector(Map.of("reflector", "yes"), List.of())));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    'bfd: true' | spec.peerAddress: is required
                    'peerAddress: 192.0.2.254' | spec.peerAsNumber: is required
                    'peerAddress: tor.example\\npeerAsNumber: 64513' | is not an address such as
                    'peerAddress: 224.0.0.5\\npeerAsNumber: 64513' | is not one of a host
                    'peerAddress: "fe80::1"\\npeerAsNumber: 64513' | fe80::1' is link-local
                    'peerAddress: fe80::1%eth0\\npeerAsNumber: 64513' | fe80::1%eth0' is link-local
                    'peerAddress: 2001:db8::1\\npeerAsNumber: 64513\\nsourceAddress: fe80::2' | spec.sourceAddress: 'fe80::2' is link-local
                    'peerAddress: 2001:db8::1\\npeerAsNumber: 64513\\nsourceAddress: 192.0.2.1' | is not of the family of peerAddress
                    'peerAddress: 192.0.2.1\\npeerAsNumber: 0' | 0 is no AS number
                    'peerAddress: 192.0.2.1\\npeerAsNumber: 23456' | 23456 is no AS number
                    'peerAddress: 192.0.2.1\\npeerAsNumber: 4294967295' | is no AS number
                    'peerAddress: 192.0.2.1\\npeerAsNumber: 1\\nmultihop: 256' | an integer from 0 to 255
                    'peerAddress: 192.0.2.1\\npeerAsNumber: 1\\npasswordFile: ../../etc/shadow' | is the name of a file
                    'peerAddress: 192.0.2.1\\npeerAsNumber: 1\\ncommunities: [a]' | is no community
                    'peerAddress: 192.0.2.1\\npeerAsNumber: 1\\ncommunities: ["70000:1"]' | is no community
                    'peerAddress: 192.0.2.1\\npeerAsNumber: 1\\nimport: [{cidr: 10.0.0.0/8, maxLength: 7}]' | an integer from 8 to 32
                    'peerAddress: 192.0.2.1\\npeerAsNumber: 1\\nexport: [{maxLength: 8}]' | spec.export[0].cidr: is required
                    'peerAddress: 192.0.2.1\\npeerAsNumber: 1\\nipFamilies: [IPv5]' | spec.ipFamilies[0]: 'IPv5' is not allowed; allowed are IPv4, IPv6
                    'peerSelector: {matchLabels: {a: b}}\\nipFamilies: [IPv4]' | spec.ipFamilies: must be absent with peerSelector
                    'peerSelector: {}' | is empty: name labels
                    'peerSelector: {matchLabels: {a: b}}\\npeerAddress: 192.0.2.1' | must be absent where peerAddress
                    'peerSelector: {matchLabels: {a: b}}\\npeerAsNumber: 5' | must be absent with peerSelector
                    """)
    void whatIsWrong_isNamed(String spec, String problem) {
        assertThatThrownBy(() -> read(spec.replace("\\n", "\n")))
                .isInstanceOf(InvalidObjectException.class)
                .hasMessageContaining(problem);
    }

    @ParameterizedTest
    @ValueSource(strings = {"64513", "1.10"})
    void asNumbers_areReadAsDigitsOrHalves(String text) {
        assertThat(AsNumber.parse(text))
                .isEqualTo(OptionalLong.of(text.equals("1.10") ? (1 << 16) + 10 : 64513));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "AS64513", "0", "65535", "1.65536", "-1.2", "1.2.3"})
    void otherTexts_areNoAsNumbers(String text) {
        assertThat(AsNumber.parse(text)).isEmpty();
    }
}
