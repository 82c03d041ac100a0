package dev.kakehashi.state;

import dev.kakehashi.linux.nft.Ruleset;
import dev.kakehashi.linux.nft.TableId;

/**
 * An nftables table that is ours as a whole: exactly these chains, rules and sets are in it. Its
 * name says that it is ours, see {@link Ownership#isOurTable}.
 *
 * @param ruleset the table with all that is in it
 */
public record NftTable(Ruleset ruleset) implements Resource {
    /** A table is known by its family and name. */
    public record Key(TableId table) implements ResourceKey {
        @Override
        public String toString() {
            return "nft table " + table;
        }
    }

    public NftTable {
        if (!Ownership.isOurTable(ruleset.id().name())) {
            throw new IllegalArgumentException(
                    "nft table "
                            + ruleset.id()
                            + ": the name of a table of ours begins with "
                            + Ownership.NFT_TABLE);
        }
    }

    @Override
    public Key key() {
        return new Key(ruleset.id());
    }

    @Override
    public Relation relation() {
        return Relation.OWNED;
    }
}
