package dev.kakehashi.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.kakehashi.cluster.yaml.YamlDocument;
import dev.kakehashi.cluster.yaml.YamlText;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

class IpBlockYamlTest {
    private static final String TEXT =
            """
            apiVersion: kakehashi.dev/v1alpha1
            kind: IPBlock
            metadata:
              name: "10-244-3-64-26"
            spec:
              cidr: 10.244.3.64/26
              pool: pods
              network: default
              node: a
              state: Confirmed
              generation: 7000000000
              givenUp:
              - address: 10.244.3.90
                borrower: b
                mark: 9
              - address: 10.244.3.91
            status:
              allocations:
              - address: 10.244.3.66
                handle: 0123abcd/eth0/12
                node: a
                attributes:
                  pod: shop/cart-0
                since: "2026-01-31T12:00:00Z"
            """;

    private static Kind.Decoded<IpBlock> read(String text) throws InvalidObjectException {
        YamlDocument document = YamlDocument.parse("ipblocks/10-244-3-64-26.yaml", text);
        return Kind.IP_BLOCK.decode(document.source(), document.tree(), document.lines());
    }

    @Test
    void useIsTold_withTheAllocations_andNotForItsOwnSake() throws Exception {
        IpBlock block = read(TEXT).object();

        assertThat(YamlText.write(Kind.IP_BLOCK.encode(block))).isEqualTo(TEXT);
        assertThat(YamlText.write(Kind.IP_BLOCK.encode(block.withAllocations(List.of()))))
                .endsWith("status:\n  used: 0\n  size: 64\n");
        assertThat(YamlText.write(Kind.IP_BLOCK.encode(IpBlock.of(block.spec()))))
                .doesNotContain("status");
    }

    @Test
    void everyField_isReadAndWrittenAgain() throws Exception {
        Kind.Decoded<IpBlock> decoded = read(TEXT);
        IpBlock block = decoded.object();

        assertThat(decoded.warnings()).isEmpty();
        assertThat(block.spec())
                .isEqualTo(
                        new IpBlockSpec(
                                IpPrefix.parse("10.244.3.64/26"),
                                "pods",
                                "default",
                                "a",
                                IpBlockSpec.State.CONFIRMED,
                                7_000_000_000L,
                                "",
                                List.of(
                                        new IpBlockSpec.GivenUp(
                                                IpAddresses.parse("10.244.3.90"), "b", 9),
                                        IpBlockSpec.GivenUp.of(IpAddresses.parse("10.244.3.91")))));
        assertThat(block.allocations())
                .containsExactly(
                        new Allocation(
                                IpAddresses.parse("10.244.3.66"),
                                new AllocationHandle("0123abcd", "eth0", 12),
                                "a",
                                Map.of("pod", "shop/cart-0"),
                                Instant.parse("2026-01-31T12:00:00Z")));
        IpBlock fresh =
                new IpBlock(block.metadata(), block.spec(), block.allocations(), Tree.empty());
        assertThat(YamlText.write(Kind.IP_BLOCK.encode(fresh)))
                .isEqualTo(TEXT + "  used: 1\n  size: 64\n");
        assertThat(block.isHeldBy("a")).isTrue();
        assertThat(block.isHeldBy("b")).isFalse();
    }

    @Test
    void whoFollowsIt_keepsTheReportOnlyIfItIsConcerned() throws Exception {
        IpBlock block = read(TEXT).object();

        assertThat(seenBy("a")).isEqualTo(block);
        assertThat(seenBy("b")).as("has borrowed of it").isEqualTo(block);
        assertThat(seenBy("c").spec()).isEqualTo(block.spec());
        assertThat(seenBy("c").allocations()).isEmpty();
        assertThat(seenBy("c").origin().fields()).isEmpty();
    }

    private static IpBlock seenBy(String node) throws Exception {
        YamlDocument document = YamlDocument.parse("block.yaml", TEXT);
        return Kind.blocks(spec -> spec.concerns(node))
                .decode("block.yaml", document.tree(), document.lines())
                .object();
    }

    @Test
    void namesOfBlocks_areNamesOfObjects() {
        for (String cidr : List.of("10.244.3.64/26", "fd00:10:244::/122", "fd00::40/122")) {
            String name = IpBlock.nameOf(IpPrefix.parse(cidr));
            assertThat(ObjectName.problemOf(name)).as(name).isEmpty();
        }
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                Arguments.of(
                        "10.244.3.64/26",
                        "10.244.3.0/24",
                        "the block of this prefix is named 10-244-3-0-24"),
                Arguments.of(
                        "10.244.3.64/26", "10.0.0.0/8", "a block has from 4 to 4096 addresses"),
                Arguments.of("10.244.3.90", "10.244.9.90", "10.244.9.90 is not in 10.244.3.64/26"),
                Arguments.of("10.244.3.91", "10.244.3.90", "10.244.3.90 is there twice"),
                Arguments.of(
                        "0123abcd/eth0/12", "0123abcd", "must be container/interface/generation"),
                Arguments.of(
                        "0123abcd/eth0/12",
                        "0123abcd/eth0/x",
                        "must be container/interface/generation"),
                Arguments.of("node: a", "node: ../a", "spec.node: '../a' is not a name"),
                Arguments.of(
                        "generation: 7000000000",
                        "generation: soon",
                        "spec.generation: must be an integer"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void aMistake_isNamed(String right, String wrong, String problem) {
        String text = TEXT.replaceFirst(right, wrong);
        InvalidObjectException e =
                catchThrowableOfType(InvalidObjectException.class, () -> read(text));

        assertThat(e).hasMessageContaining(problem);
    }
}
