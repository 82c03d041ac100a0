package dev.kakehashi.state;

import dev.kakehashi.linux.nft.Rule;
import dev.kakehashi.linux.nft.TableId;

import java.util.List;

/**
 * Rules of ours in an nftables chain that others use too, known by their comment: exactly these
 * rules of the chain bear it. They are added behind all others.
 *
 * @param table the table
 * @param chain the chain; it exists or is wanted, too
 * @param rules in order; all with the same comment, which is not empty
 */
public record NftRules(TableId table, String chain, List<Rule> rules) implements Resource {
    /** Rules are known by their chain and comment. */
    public record Key(TableId table, String chain, String comment) implements ResourceKey {
        @Override
        public String toString() {
            return "nft rules \"" + comment + "\" in " + table + " " + chain;
        }
    }

    public NftRules {
        rules = List.copyOf(rules);
        if (rules.isEmpty()) {
            throw new IllegalArgumentException("no rules for " + table + " " + chain);
        }
        String comment = rules.getFirst().comment();
        for (Rule rule : rules) {
            if (comment.isEmpty() || !rule.comment().equals(comment)) {
                throw new IllegalArgumentException(
                        "rules of ours in " + table + " " + chain + " need one comment");
            }
        }
    }

    /** The comment that marks them. */
    public String comment() {
        return rules.getFirst().comment();
    }

    @Override
    public Key key() {
        return new Key(table, chain, comment());
    }

    @Override
    public Relation relation() {
        return Relation.OWNED;
    }

    /** Rules with one comment. */
    public static NftRules of(TableId table, String chain, Rule... rules) {
        return new NftRules(table, chain, List.of(rules));
    }
}
