package dev.kakehashi.linux.nft;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A table as it stands in the kernel.
 *
 * @param table the table
 * @param sets its sets and maps with their elements
 * @param chains its chains with their rules
 * @param generation the generation of the namespace's rules in which this was read; a transaction
 *     that names it is refused when somebody else has changed anything since ({@link
 *     NftTransaction.Builder#ifGeneration})
 */
public record InstalledTable(
        Table table, List<SetContents> sets, List<InstalledChain> chains, int generation) {
    public InstalledTable {
        sets = List.copyOf(sets);
        chains = List.copyOf(chains);
    }

    /** The same without handles and counts, to be compared with what is wanted. */
    public Ruleset ruleset() {
        List<ChainContents> plain = new ArrayList<>(chains.size());
        for (InstalledChain chain : chains) {
            plain.add(chain.contents());
        }
        return new Ruleset(table, sets, plain);
    }

    /** The chain of this name. */
    public Optional<InstalledChain> chain(String name) {
        return chains.stream().filter(c -> c.chain().name().equals(name)).findFirst();
    }
}
