package dev.kakehashi.linux.nft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.nft.expr.DataType;
import dev.kakehashi.linux.nft.expr.Value;
import dev.kakehashi.linux.nft.expr.Verdict;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

@KernelTest
class KernelNftTest {
    private static final TableId T = new TableId(Family.INET, "kakehashi");

    /**
     * Every rule that the builder can write comes back equal, and nft lists it with the text that
     * we print.
     */
    @Test
    void rules_ofEveryKind_comeBackEqualAndNftListsThem(TestNamespaces namespaces)
            throws Exception {
        Netns netns = namespaces.create();
        Nft nft = KernelNft.of(netns);
        for (Ruleset ruleset : rulesets()) {
            nft.apply(NftTransaction.replace(ruleset));
            assertThat(nft.table(ruleset.id()).orElseThrow().ruleset()).isEqualTo(ruleset);
            assertThat(NftListing.of(netns, ruleset.id()))
                    .isEqualTo(NftListing.sorted(ruleset.text()));
        }
    }

    /** The examples, a table for each family, a chain for each type and hook. */
    private static List<Ruleset> rulesets() {
        Map<Family, Map<String, List<RuleExamples.Example>>> sorted = new LinkedHashMap<>();
        for (RuleExamples.Example example : RuleExamples.all()) {
            String chain = example.type().text() + "-" + example.hook().text();
            sorted.computeIfAbsent(example.family(), _ -> new LinkedHashMap<>())
                    .computeIfAbsent(chain, _ -> new ArrayList<>())
                    .add(example);
        }
        List<Ruleset> rulesets = new ArrayList<>();
        sorted.forEach((family, chains) -> {
            Table table = Table.of(family, "examples").comment("all of " + family);
            Ruleset.Builder builder = Ruleset.of(table).chain(Chain.regular("other"));
            RuleExamples.SETS.forEach(builder::set);
            chains.forEach((name, examples) ->
                    builder.chain(
                            chain(name, examples),
                            examples.stream().map(RuleExamples.Example::rule).toList()));
            rulesets.add(builder.build());
        });
        return rulesets;
    }

    private static Chain chain(String name, List<RuleExamples.Example> examples) {
        RuleExamples.Example first = examples.getFirst();
        int priority =
                first.hook() == Hook.POSTROUTING
                        ? Priority.SRCNAT
                        : first.hook() == Hook.FORWARD ? 0 : -140;
        return Chain.base(name, first.type(), first.hook(), priority).comment("of " + name);
    }

    @Test
    void sets_ofEveryKind_comeBackEqualAndNftListsThem(TestNamespaces namespaces) throws Exception {
        Netns netns = namespaces.create();
        Nft nft = KernelNft.of(netns);
        NftSet intervals = NftSet.set("intervals", DataType.IPV4_ADDR).flags(SetFlag.INTERVAL);
        NftSet v6 =
                NftSet.set("v6", DataType.IPV6_ADDR).flags(SetFlag.INTERVAL).comment("prefixes");
        NftSet pairs =
                NftSet.set("pairs", DataType.IPV4_ADDR, DataType.INET_SERVICE)
                        .flags(SetFlag.INTERVAL);
        NftSet names = NftSet.set("names", DataType.IFNAME).size(100);
        NftSet timed = NftSet.set("timed", DataType.ETHER_ADDR).timeout(Duration.ofHours(3));
        NftSet verdicts = NftSet.verdictMap("verdicts", DataType.IFNAME);
        NftSet marks =
                NftSet.map(
                        "marks", List.of(DataType.MARK), DataType.IPV6_ADDR, DataType.INET_SERVICE);
        NftSet ports =
                NftSet.map("ports", List.of(DataType.INET_SERVICE), DataType.IPV4_ADDR)
                        .flags(SetFlag.INTERVAL);
        Ruleset ruleset =
                Ruleset.of(Table.of(Family.INET, "kakehashi"))
                        .chain(Chain.regular("c"))
                        .set(
                                intervals,
                                Element.of(IpPrefix.parse("10.0.0.0/8")),
                                Element.of(IpPrefix.parse("11.0.0.0/8")),
                                Element.range(ip("192.168.1.1"), ip("192.168.1.7")),
                                Element.of(IpAddresses.parse("192.168.1.8")).comment("one"),
                                Element.of(IpPrefix.parse("255.255.255.0/24")))
                        .set(
                                v6,
                                Element.of(IpPrefix.parse("fd00::/48")),
                                Element.of(IpPrefix.parse("::/0")).comment("x").comment(""))
                        .set(
                                pairs,
                                Element.range(
                                        Value.concat(ip("10.0.0.0"), Value.be16(80)),
                                        Value.concat(ip("10.0.0.255"), Value.be16(90))),
                                Element.of(ip("10.1.0.0"), Value.be16(443)))
                        .set(names, Element.of(Value.interfaceName("eth0")).comment("the uplink"))
                        .set(timed, Element.of(Value.of(new byte[] {2, 0, 0, 0, 0, 1})))
                        .set(
                                verdicts,
                                Element.of(Value.interfaceName("a")).to(Verdict.goTo("c")),
                                Element.of(Value.interfaceName("b")).to(Verdict.DROP))
                        .set(marks, Element.of(Value.host32(1)).to(ip("fd00::1"), Value.be16(80)))
                        .set(ports, Element.range(Value.be16(1), Value.be16(9)).to(ip("1.2.3.4")))
                        .build();
        // The whole IPv6 space and a part of it overlap: not both in one interval set.
        Ruleset valid = without(ruleset, "v6", "::/0");
        assertThatThrownBy(() -> nft.apply(NftTransaction.replace(ruleset)))
                .isInstanceOfSatisfying(NftException.class, e -> assertThat(e.isExists()).isTrue());
        nft.apply(NftTransaction.replace(valid));
        assertThat(nft.table(T).orElseThrow().ruleset()).isEqualTo(valid);
        assertThat(nft.set(T, "pairs").orElseThrow()).isEqualTo(valid.set("pairs").orElseThrow());
        String listed =
                TestNamespaces.run(netns, "nft", "list", "table", "inet", "kakehashi")
                        // How many elements nft lists in a line differs from version to version.
                        .replaceAll(",\\s+", ", ");
        assertThat(listed)
                .contains("10.0.0.0/8, 11.0.0.0/8")
                .contains("192.168.1.8 comment \"one\"")
                .contains("comment \"prefixes\"")
                .contains("elements = { 10.0.0.0/24 . 80-90")
                .contains("\"eth0\" comment \"the uplink\"")
                .contains("timeout 3h")
                .contains("\"a\" : goto c")
                .contains("type mark : ipv6_addr . inet_service")
                .contains("0x00000001 : fd00::1 . 80")
                .contains("1-9 : 1.2.3.4");
    }

    /** iptables takes nearly any name of a chain, and nft hooks that this library does not know. */
    @Test
    void chainsOfOthers_areReadWhateverTheirNames(TestNamespaces namespaces) throws Exception {
        Netns netns = namespaces.create();
        for (String chain : List.of("1st", "a:b", "ü+é", "(x)")) {
            TestNamespaces.run(netns, "iptables-nft", "-N", chain);
            TestNamespaces.run(netns, "iptables-nft", "-A", "FORWARD", "-j", chain);
            TestNamespaces.run(netns, "iptables-nft", "-A", chain, "-j", "ACCEPT");
        }
        TestNamespaces.run(netns, "ip", "link", "add", "one", "type", "veth", "peer", "two");
        TestNamespaces.run(
                netns,
                "nft",
                "add table inet t; add chain inet t c; add chain inet t in"
                        + " { type filter hook ingress devices = { one, two } priority 0; }");
        Nft nft = KernelNft.of(netns);
        TableId filter = new TableId(Family.IP, "filter");
        TableId other = new TableId(Family.INET, "t");

        Map<TableId, List<Chain>> all = nft.chains(Set.of(Family.INET, Family.IP));
        assertThat(all.get(filter))
                .extracting(Chain::name)
                .containsExactlyInAnyOrder("FORWARD", "1st", "a:b", "ü+é", "(x)");
        assertThat(all.get(other)).extracting(Chain::name).containsExactly("c");
        assertThat(nft.chains(filter)).containsExactlyInAnyOrderElementsOf(all.get(filter));
        InstalledTable installed = nft.table(filter).orElseThrow();
        assertThat(installed.chain("FORWARD").orElseThrow().rules()).hasSize(4);
        assertThat(installed.chain("ü+é").orElseThrow().rules()).hasSize(1);
        assertThat(nft.rules(filter, "1st").orElseThrow().chain("1st")).isPresent();
        assertThat(nft.table(other)).isPresent();
        assertThat(nft.tables()).contains(filter, other);
    }

    private static Ruleset without(Ruleset ruleset, String set, String prefix) {
        Ruleset.Builder builder = Ruleset.of(ruleset.table());
        ruleset.chains().forEach(c -> builder.chain(c.chain(), c.rules()));
        for (SetContents contents : ruleset.sets()) {
            Element out = Element.of(IpPrefix.parse(prefix));
            builder.set(
                    contents.set(),
                    contents.elements().stream()
                            .filter(e -> !(contents.set().name().equals(set) && e.equals(out)))
                            .toList());
        }
        return builder.build();
    }

    private static Value ip(String text) {
        return Value.of(IpAddresses.parse(text));
    }
}
