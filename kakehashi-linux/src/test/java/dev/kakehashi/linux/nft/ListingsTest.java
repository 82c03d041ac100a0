package dev.kakehashi.linux.nft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.Test;

import java.util.List;

@KernelTest
class ListingsTest {
    private static final Table TABLE = Table.of(Family.INET, "listed");
    private static final TableId ID = TABLE.id();

    @Test
    void chains_areTheVeryListOfBefore_untilSomethingOfThemIsAnother(TestNamespaces namespaces)
            throws Exception {
        Netns netns = namespaces.create();
        Nft nft = KernelNft.of(netns);
        nft.apply(
                NftTransaction.replace(
                        Ruleset.of(TABLE)
                                .chain(Chain.regular("to"), List.of())
                                .chain(Chain.regular("from"), List.of(rule("first")))
                                .build()));
        List<InstalledChain> first = chains(nft);

        change(nft, Table.of(Family.INET, "beside"));
        assertThat(chains(nft)).as("another table").isSameAs(first);

        // Of the same length: only a letter of the comment differs.
        long handle = from(first).rules().getFirst().handle();
        nft.apply(
                NftTransaction.builder()
                        .addRule(ID, "from", rule("again"))
                        .deleteRule(ID, "from", handle)
                        .build());
        List<InstalledChain> second = chains(nft);
        assertThat(from(second).contents().rules()).containsExactly(rule("again"));

        nft.apply(NftTransaction.builder().flushChain(ID, "from").build());
        List<InstalledChain> third = chains(nft);
        assertThat(from(third).rules()).isEmpty();

        nft.apply(NftTransaction.builder().deleteChain(ID, "to").build());
        assertThat(chains(nft)).extracting(chain -> chain.chain().name()).containsExactly("from");
    }

    @Test
    void aRuleMadeAnew_isAnother(TestNamespaces namespaces) throws Exception {
        Nft nft = KernelNft.of(namespaces.create());
        Ruleset ruleset = Ruleset.of(TABLE).chain(Chain.regular("a"), List.of(rule("x"))).build();
        nft.apply(NftTransaction.replace(ruleset));
        long before = chains(nft).getFirst().rules().getFirst().handle();
        nft.apply(NftTransaction.builder().flushChain(ID, "a").addRule(ID, "a", rule("x")).build());
        assertThat(chains(nft).getFirst().rules().getFirst().handle()).isNotEqualTo(before);
    }

    private static Rule rule(String comment) {
        return Rule.in(Family.INET).accept().comment(comment).build();
    }

    private static void change(Nft nft, Table table) throws NftException {
        nft.apply(
                NftTransaction.replace(
                        Ruleset.of(table).chain(Chain.regular("c"), List.of()).build()));
    }

    private static InstalledChain from(List<InstalledChain> chains) {
        return chains.stream()
                .filter(chain -> chain.chain().name().equals("from"))
                .findFirst()
                .orElseThrow();
    }

    private static List<InstalledChain> chains(Nft nft) throws NftException {
        return nft.rules(ID).orElseThrow().chains();
    }
}
