package dev.kakehashi.state.engine;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.nft.Chain;
import dev.kakehashi.linux.nft.ChainType;
import dev.kakehashi.linux.nft.Element;
import dev.kakehashi.linux.nft.Family;
import dev.kakehashi.linux.nft.Hook;
import dev.kakehashi.linux.nft.Match;
import dev.kakehashi.linux.nft.NftSet;
import dev.kakehashi.linux.nft.Rule;
import dev.kakehashi.linux.nft.Ruleset;
import dev.kakehashi.linux.nft.Selector;
import dev.kakehashi.linux.nft.Table;
import dev.kakehashi.linux.nft.TransportProtocol;
import dev.kakehashi.linux.nft.expr.DataType;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.NftChain;
import dev.kakehashi.state.NftRules;
import dev.kakehashi.state.NftTable;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Tables of ours, and chains and rules of ours in the scenery's table. */
final class GeneratedNft {
    private static final Table OWN = Table.of(Family.INET, "kakehashi-generated");

    private final GeneratedState state;
    private final Draw draw;

    GeneratedNft(GeneratedState state, Draw draw) {
        this.state = state;
        this.draw = draw;
    }

    void add() {
        if (draw.chance(60)) {
            state.add(NamespaceId.HOST, new NftTable(ruleset()));
        }
        if (draw.chance(60)) {
            shared();
        }
        if (draw.chance(30)) {
            Chain chain = Chain.regular("ours");
            Rule[] rules = rules().toArray(Rule[]::new);
            state.add(NamespaceId.HOST, NftChain.owned(Scenery.SHARED_TABLE, chain, rules));
        }
    }

    private Ruleset ruleset() {
        NftSet addresses = NftSet.set("addresses", DataType.IPV4_ADDR);
        Set<Element> elements = new LinkedHashSet<>();
        for (int i = draw.below(5); i > 0; i--) {
            elements.add(Element.of(IpAddresses.parse("10.0.0." + (1 + draw.below(9)))));
        }
        List<Rule> rules = rules();
        if (draw.coin()) {
            rules.add(
                    Rule.in(Family.INET)
                            .match(Selector.IP_SADDR, Match.in("addresses"))
                            .accept()
                            .build());
        }
        Ruleset.Builder ruleset = Ruleset.of(OWN).set(addresses, List.copyOf(elements));
        ruleset.chain(Chain.base("forward", ChainType.FILTER, Hook.FORWARD, draw.of(0, 10)), rules);
        if (draw.coin()) {
            ruleset.chain(
                    Chain.base("postrouting", ChainType.NAT, Hook.POSTROUTING, 100),
                    Rule.in(Family.INET).saddr(IpPrefix.parse("10.0.0.0/8")).masquerade().build());
        }
        return ruleset.build();
    }

    private List<Rule> rules() {
        List<Rule> rules = new ArrayList<>();
        for (int i = draw.below(4); i > 0; i--) {
            rules.add(
                    switch (draw.below(4)) {
                        case 0 -> Rule.in(Family.INET).iifname("near" + i).accept().build();
                        case 1 ->
                                Rule.in(Family.INET)
                                        .saddr(IpPrefix.parse("fd00::/64"))
                                        .counter()
                                        .drop()
                                        .build();
                        case 2 ->
                                Rule.in(Family.INET)
                                        .dport(TransportProtocol.TCP, 80 + i)
                                        .comment("web " + i)
                                        .returns()
                                        .build();
                        default -> Rule.in(Family.INET).mark(draw.below(100)).accept().build();
                    });
        }
        return rules;
    }

    private void shared() {
        List<Rule> rules = new ArrayList<>();
        for (int i = 1 + draw.below(3); i > 0; i--) {
            rules.add(
                    Rule.in(Family.INET)
                            .saddr(IpAddresses.parse("10.0.1." + i))
                            .accept()
                            .comment("generated")
                            .build());
        }
        state.add(NamespaceId.HOST, NftChain.shared(Scenery.SHARED_TABLE, Scenery.SHARED_CHAIN));
        state.add(
                NamespaceId.HOST,
                new NftRules(Scenery.SHARED_TABLE.id(), Scenery.SHARED_CHAIN.name(), rules));
    }
}
