package dev.kakehashi.linux.probe;

import dev.kakehashi.linux.conntrack.Conntrack;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.nft.AddressType;
import dev.kakehashi.linux.nft.BaseHook;
import dev.kakehashi.linux.nft.Chain;
import dev.kakehashi.linux.nft.ChainType;
import dev.kakehashi.linux.nft.Family;
import dev.kakehashi.linux.nft.Hook;
import dev.kakehashi.linux.nft.KernelNft;
import dev.kakehashi.linux.nft.NftTransaction;
import dev.kakehashi.linux.nft.Policy;
import dev.kakehashi.linux.nft.Rule;
import dev.kakehashi.linux.nft.RuleBuilder;
import dev.kakehashi.linux.nft.Table;

import java.io.IOException;
import java.util.function.UnaryOperator;

/** Tests with nftables and connection tracking. */
final class NftTests {
    private static final String CHAIN = "probe";

    private NftTests() {}

    static void inet(Netns scratch) throws IOException {
        apply(scratch, Family.INET, BaseHook.of(ChainType.FILTER, Hook.FORWARD, 0), r -> r);
    }

    static void nat(Netns scratch) throws IOException {
        apply(scratch, Family.INET, BaseHook.of(ChainType.NAT, Hook.PREROUTING, -100), r -> r);
    }

    static void masquerade(Netns scratch) throws IOException {
        apply(
                scratch,
                Family.INET,
                BaseHook.of(ChainType.NAT, Hook.POSTROUTING, 100),
                RuleBuilder::masquerade);
    }

    static void fib(Netns scratch) throws IOException {
        apply(
                scratch,
                Family.INET,
                BaseHook.of(ChainType.NAT, Hook.PREROUTING, -100),
                rule -> rule.fibDaddrType(AddressType.LOCAL).accept());
    }

    static void bridge(Netns scratch) throws IOException {
        apply(scratch, Family.BRIDGE, BaseHook.of(ChainType.FILTER, Hook.PREROUTING, -300), r -> r);
    }

    static void netdevEgress(Netns scratch) throws IOException {
        BaseHook hook = new BaseHook(ChainType.FILTER, Hook.EGRESS, 0, Policy.ACCEPT, "lo");
        apply(scratch, Family.NETDEV, hook, r -> r);
    }

    static void conntrack(Netns scratch) throws IOException {
        try (Conntrack conntrack = Conntrack.open(scratch)) {
            conntrack.entries();
        }
    }

    /** One table with one chain, with a rule in it unless it would be empty. */
    private static void apply(
            Netns scratch, Family family, BaseHook hook, UnaryOperator<RuleBuilder> content)
            throws IOException {
        Table table = Table.of(family, CHAIN);
        NftTransaction.Builder transaction =
                NftTransaction.builder()
                        .addTable(table)
                        .addChain(table.id(), Chain.base(CHAIN, hook));
        Rule rule = content.apply(Rule.in(family)).build();
        if (!rule.expressions().isEmpty()) {
            transaction.addRule(table.id(), CHAIN, rule);
        }
        KernelNft.of(scratch).apply(transaction.build());
    }
}
