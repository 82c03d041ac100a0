package dev.kakehashi.linux.nft;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

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

    /**
     * Whether no name is there twice. While a transaction takes effect, the kernel shows what comes
     * and takes away what goes one after the other (nf_tables_api.c, {@code nf_tables_commit}): who
     * reads meanwhile may see both, with one generation.
     */
    boolean isWhole() {
        Set<String> names = new HashSet<>();
        return sets.stream().allMatch(set -> names.add("set " + set.set().name()))
                && chains.stream().allMatch(chain -> names.add("chain " + chain.chain().name()));
    }

    /** The chain of this name. */
    public Optional<InstalledChain> chain(String name) {
        return chains.stream().filter(c -> c.chain().name().equals(name)).findFirst();
    }
}
