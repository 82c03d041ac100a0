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

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

class IpPoolYamlTest {
    private static final String HEAD =
            """
            apiVersion: kakehashi.dev/v1alpha1
            kind: IPPool
            metadata:
              name: pods
            """;

    private static Kind.Decoded<IpPool> read(String text) throws InvalidObjectException {
        YamlDocument document = YamlDocument.parse("ippools/pods.yaml", text);
        return Kind.IP_POOL.decode(document.source(), document.tree(), document.lines());
    }

    @Test
    void onlyTheRangeGiven_blocksOf64AddressesForEveryNode() throws Exception {
        IpPool pool = read(HEAD + "spec:\n  cidr: 10.244.0.0/16\n").object();

        assertThat(pool.spec()).isEqualTo(IpPoolSpec.of(IpPrefix.parse("10.244.0.0/16")));
        assertThat(pool.spec().blockSize()).isEqualTo(26);
        assertThat(pool.spec().network()).isEqualTo("default");
        assertThat(pool.spec().nodeSelector().isEverything()).isTrue();
        assertThat(pool.spec().masquerade()).isTrue();
        assertThat(pool.isUsable()).as("before a node has compared it with the others").isFalse();
        assertThat(read(HEAD + "spec:\n  cidr: fd00:1::/64\n").object().spec().blockSize())
                .isEqualTo(122);
        assertThat(read(HEAD + "spec:\n  cidr: 10.0.0.0/28\n").object().spec().blockSize())
                .isEqualTo(28);
    }

    @Test
    void everyFieldGiven_everyFieldReadAndWrittenAgain() throws Exception {
        String text =
                HEAD
                        + """
                        spec:
                          network: blue
                          cidr: 10.244.0.0/16
                          blockSize: 28
                          nodeSelector:
                            matchLabels:
                              rack: a
                          namespaceSelector:
                            matchExpressions:
                            - key: kubernetes.io/metadata.name
                              operator: In
                              values: [red, green]
                          reservations: [10.244.0.0/30, 10.244.7.1/32]
                          disabled: true
                          assignment: strict
                          masquerade: false
                          noMasqueradeTo: [10.0.0.0/8]
                        status:
                          phase: Active
                          cidr: 10.244.0.0/16
                          blockSize: 28
                          message: hello
                        """;
        Kind.Decoded<IpPool> decoded = read(text);

        assertThat(decoded.warnings()).isEmpty();
        assertThat(decoded.object().spec())
                .isEqualTo(
                        new IpPoolSpec(
                                "blue",
                                IpPrefix.parse("10.244.0.0/16"),
                                28,
                                new LabelSelector(Map.of("rack", "a"), List.of()),
                                new LabelSelector(
                                        Map.of(),
                                        List.of(
                                                new LabelSelector.Expression(
                                                        "kubernetes.io/metadata.name",
                                                        LabelSelector.Operator.IN,
                                                        List.of("red", "green")))),
                                List.of(
                                        IpPrefix.parse("10.244.0.0/30"),
                                        IpPrefix.parse("10.244.7.1/32")),
                                true,
                                AssignmentMode.STRICT,
                                false,
                                List.of(IpPrefix.parse("10.0.0.0/8"))));
        IpPool pool = decoded.object();
        IpPool fresh = new IpPool(pool.metadata(), pool.spec(), pool.status(), Tree.empty());
        IpPool again = read(YamlText.write(Kind.IP_POOL.encode(fresh))).object();
        assertThat(again.spec()).isEqualTo(pool.spec());
        assertThat(again.status()).isEqualTo(pool.status());
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                Arguments.of("disabled: true", "spec.cidr: is required"),
                Arguments.of(
                        "cidr: 10.244.0.1/16", "has host bits set; the network is 10.244.0.0/16"),
                Arguments.of(
                        "{cidr: 10.244.0.0/16, blockSize: 31}",
                        "31 is not allowed; allowed is an integer from 20 to 30"),
                Arguments.of(
                        "{cidr: 10.244.0.0/24, blockSize: 23}",
                        "23 is not allowed; allowed is an integer from 24 to 30"),
                Arguments.of(
                        "{cidr: \"fd00::/64\", blockSize: 96}",
                        "96 is not allowed; allowed is an integer from 116 to 126"),
                Arguments.of(
                        "cidr: 10.0.0.0/31", "10.0.0.0/31 is too small; allowed is /30 or shorter"),
                Arguments.of(
                        "{cidr: 10.0.0.0/16, reservations: [10.1.0.0/24]}",
                        "reservations[0]: 10.1.0.0/24 is not in 10.0.0.0/16"),
                Arguments.of(
                        "{cidr: 10.0.0.0/16, noMasqueradeTo: [\"fd00::/8\"]}",
                        "noMasqueradeTo[0]: fd00::/8 is of another family"),
                Arguments.of(
                        "{cidr: 10.0.0.0/16, assignment: maybe}",
                        "'maybe' is not allowed; allowed is one of strict, borrow"),
                Arguments.of(
                        "{cidr: 10.0.0.0/16, network: \"../x\"}",
                        "spec.network: '../x' is not a name"),
                Arguments.of(
                        "{cidr: 10.0.0.0/16, nodeSelector: {matchExpressions: [{key: a, operator:"
                                + " In}]}}",
                        "values: is required with In"),
                Arguments.of(
                        "{cidr: 10.0.0.0/16, nodeSelector: {matchExpressions: [{key: a}]}}",
                        "operator: is required"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void aMistake_isNamedWithWhatIsAllowed(String spec, String problem) {
        String body = spec.startsWith("{") ? "spec: " + spec + "\n" : "spec:\n  " + spec + "\n";
        InvalidObjectException e =
                catchThrowableOfType(InvalidObjectException.class, () -> read(HEAD + body));

        assertThat(e).hasMessageContaining(problem);
    }

    @Test
    void activeWithoutARange_isRefused() {
        InvalidObjectException e =
                catchThrowableOfType(
                        InvalidObjectException.class,
                        () ->
                                read(
                                        HEAD
                                                + "spec:\n"
                                                + "  cidr: 10.0.0.0/16\n"
                                                + "status:\n"
                                                + "  phase: Active\n"));

        assertThat(e).hasMessageContaining("status.phase: 'Active' needs cidr");
    }

    @Test
    void selectors_matchAsThoseOfKubernetes() {
        LabelSelector.Expression notIn =
                new LabelSelector.Expression(
                        "zone", LabelSelector.Operator.NOT_IN, List.of("west"));
        LabelSelector.Expression exists =
                new LabelSelector.Expression("gpu", LabelSelector.Operator.EXISTS, List.of());
        LabelSelector selector = new LabelSelector(Map.of("rack", "a"), List.of(notIn, exists));

        assertThat(selector.matches(Map.of("rack", "a", "gpu", ""))).isTrue();
        assertThat(selector.matches(Map.of("rack", "a", "gpu", "", "zone", "west"))).isFalse();
        assertThat(selector.matches(Map.of("rack", "b", "gpu", ""))).isFalse();
        assertThat(selector.matches(Map.of("rack", "a"))).isFalse();
        assertThat(LabelSelector.everything().matches(Map.of())).isTrue();
    }
}
