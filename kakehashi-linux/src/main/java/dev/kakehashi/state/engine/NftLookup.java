package dev.kakehashi.state.engine;

import dev.kakehashi.linux.nft.Element;
import dev.kakehashi.linux.nft.Nft;
import dev.kakehashi.linux.nft.NftException;
import dev.kakehashi.linux.nft.SetContents;
import dev.kakehashi.linux.nft.Table;
import dev.kakehashi.linux.nft.expr.Value;
import dev.kakehashi.state.NftElements;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * What is to be read of a set: the elements that states talk about, or all. Most sets are shared by
 * the containers of a host: who reads all of them takes the longer the more there are.
 */
final class NftLookup {
    /** Above so many keys one list is cheaper than asking for each. */
    private static final int FEW_KEYS = 256;

    private final Table table;
    private final String set;
    private final Set<Value> keys = new HashSet<>();
    private boolean all;

    /** Nothing but the set itself, yet. */
    NftLookup(Table table, String set) {
        this.table = table;
        this.set = set;
    }

    static NftLookup of(NftElements elements) {
        NftLookup lookup = new NftLookup(elements.table(), elements.set().name());
        lookup.add(elements);
        return lookup;
    }

    /** What a state says; that of which only the comment is known may have any key. */
    void add(NftElements elements) {
        all |= elements.elements().isEmpty() && !elements.comment().isEmpty();
        for (Element element : elements.elements()) {
            keys.add(element.key());
        }
    }

    /** The table, as states describe it. */
    Table table() {
        return table;
    }

    /** The set and the elements, of this moment; empty when the set is not there. */
    Optional<SetContents> read(Nft nft) throws NftException {
        return all || keys.size() > FEW_KEYS
                ? nft.set(table.id(), set)
                : nft.set(table.id(), set, keys);
    }
}
