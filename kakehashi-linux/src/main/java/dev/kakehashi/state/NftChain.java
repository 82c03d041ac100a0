package dev.kakehashi.state;

import dev.kakehashi.linux.nft.Chain;
import dev.kakehashi.linux.nft.Rule;
import dev.kakehashi.linux.nft.Table;
import dev.kakehashi.linux.nft.TableId;

import java.util.List;

/**
 * A chain in an nftables table that others use too. The table is made if it is missing and never
 * removed.
 *
 * @param table the table
 * @param chain the chain; another type, hook or priority than the one found is a conflict
 * @param rules if not empty: exactly the rules of the chain. If empty the chain only has to be
 *     there, for {@link NftRules}
 * @param relation an owned chain is removed with its rules, a shared one never
 */
public record NftChain(Table table, Chain chain, List<Rule> rules, Relation relation)
        implements Resource {
    /** A chain is known by its table and name. */
    public record Key(TableId table, String chain) implements ResourceKey {
        @Override
        public String toString() {
            return "nft chain " + table + " " + chain;
        }
    }

    public NftChain {
        rules = List.copyOf(rules);
    }

    @Override
    public Key key() {
        return new Key(table.id(), chain.name());
    }

    /** A chain that others may use too. */
    public static NftChain shared(Table table, Chain chain, Rule... rules) {
        return new NftChain(table, chain, List.of(rules), Relation.SHARED);
    }

    /** A chain of ours in a table that others use too. */
    public static NftChain owned(Table table, Chain chain, Rule... rules) {
        return new NftChain(table, chain, List.of(rules), Relation.OWNED);
    }
}
