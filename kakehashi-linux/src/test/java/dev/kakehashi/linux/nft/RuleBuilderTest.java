package dev.kakehashi.linux.nft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.nft.expr.DataType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.net.InetAddress;
import java.util.List;
import java.util.stream.Stream;

class RuleBuilderTest {
    @ParameterizedTest(name = "{0}")
    @MethodSource("examples")
    void text_readsAsNftListsIt(RuleExamples.Example example) {
        assertThat(example.rule().text(example.family())).isEqualTo(example.text());
    }

    static Stream<RuleExamples.Example> examples() {
        return RuleExamples.all().stream();
    }

    @Test
    void saddr_ofTheOtherFamily_isRefused() {
        RuleBuilder rule = Rule.in(Family.INET).saddr(IpPrefix.parse("10.0.0.0/8"));
        InetAddress v6 = IpAddresses.parse("fd00::1");
        assertThatThrownBy(() -> rule.daddr(v6))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a packet of this rule is ipv4 and cannot also be ipv6");
        assertThatThrownBy(() -> rule.nat(Translation.dnat(v6)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Rule.in(Family.IP).saddr(v6))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void vmap_keyOfAnotherType_isRefused() {
        NftSet map = NftSet.verdictMap("m", DataType.IPV4_ADDR, DataType.INET_SERVICE);
        assertThatThrownBy(
                        () -> Rule.in(Family.IP).vmap(map, Selector.IP_DADDR, Selector.META_MARK))
                .hasMessage("meta mark is mark, but the key of m has inet_service there");
        assertThatThrownBy(() -> Rule.in(Family.IP).vmap(map, Selector.IP_DADDR))
                .hasMessage("the key of m has 2 parts, not 1");
    }

    @Test
    void comment_tooLongOrUnprintable_isRefused() {
        assertThatThrownBy(() -> Rule.in(Family.IP).comment("x".repeat(129)).build())
                .hasMessageContaining("at most 128 bytes");
        assertThatThrownBy(() -> Rule.in(Family.IP).comment("a\"b").build())
                .hasMessageContaining("no quotes");
    }

    /** Others' names are read as they are; ours are such that nft can write them. */
    @Test
    void newName_thatNftCannotWrite_isRefused() {
        TableId table = new TableId(Family.INET, "t");
        NftTransaction.Builder builder = NftTransaction.builder();
        for (String name : List.of("1st", "a b", "a:b", "é", "-x")) {
            assertThatThrownBy(() -> builder.addChain(table, Chain.regular(name)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("the name of a chain begins with a letter");
            assertThatThrownBy(() -> builder.addTable(Table.of(Family.INET, name)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("the name of a table begins with a letter");
        }
        assertThatThrownBy(() -> Chain.regular("")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Chain.regular("x".repeat(256)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void interfaceName_tooLong_isRefused() {
        assertThatThrownBy(() -> Rule.in(Family.IP).iifname("sixteen-letters-"))
                .hasMessageContaining("1 to 15 bytes");
    }

    @Test
    void rules_withTheSameMeaning_areEqual() {
        MacAddress mac = MacAddress.parse("02:00:00:00:00:01");
        assertThat(Rule.in(Family.BRIDGE).etherSaddr(mac).returns().build())
                .isEqualTo(Rule.in(Family.BRIDGE).etherSaddr(mac).returns().build())
                .isNotEqualTo(Rule.in(Family.BRIDGE).etherSaddr(mac).drop().build())
                .isNotEqualTo(
                        Rule.in(Family.BRIDGE).etherSaddr(mac).returns().comment("c").build());
    }

    @Test
    void ruleset_orderOfSetsChainsAndElements_doesNotMatter() {
        NftSet a = NftSet.set("a", DataType.IPV4_ADDR);
        NftSet b = NftSet.set("b", DataType.INET_SERVICE);
        Element one = Element.of(IpAddresses.parse("10.0.0.1"));
        Element two = Element.of(IpAddresses.parse("10.0.0.2"));
        Table table = Table.of(Family.INET, "t");
        Ruleset left =
                Ruleset.of(table)
                        .set(a, one, two)
                        .set(b)
                        .chain(Chain.regular("x"))
                        .chain(Chain.regular("y"))
                        .build();
        Ruleset right =
                Ruleset.of(table)
                        .chain(Chain.regular("y"))
                        .chain(Chain.regular("x"))
                        .set(b)
                        .set(a, List.of(two, one))
                        .build();
        assertThat(left).isEqualTo(right);
    }
}
