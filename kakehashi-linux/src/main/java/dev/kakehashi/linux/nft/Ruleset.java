package dev.kakehashi.linux.nft;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A table with all that is in it, as an immutable value: what a compiler wants, or what the kernel
 * has (see {@link InstalledTable#ruleset}). Two rulesets are equal when they do the same; sets and
 * chains are kept sorted by name.
 *
 * @param table the table
 * @param sets its sets and maps, by name
 * @param chains its chains, by name
 */
public record Ruleset(Table table, List<SetContents> sets, List<ChainContents> chains) {
    public Ruleset {
        sets = sortedSets(sets);
        chains = sortedChains(chains);
    }

    private static List<SetContents> sortedSets(List<SetContents> sets) {
        List<SetContents> sorted = new ArrayList<>(sets);
        sorted.sort(Comparator.comparing(contents -> contents.set().name()));
        Set<String> names = new HashSet<>();
        for (SetContents contents : sorted) {
            once("set", contents.set().name(), names);
        }
        return List.copyOf(sorted);
    }

    private static List<ChainContents> sortedChains(List<ChainContents> chains) {
        List<ChainContents> sorted = new ArrayList<>(chains);
        sorted.sort(Comparator.comparing(contents -> contents.chain().name()));
        Set<String> names = new HashSet<>();
        for (ChainContents contents : sorted) {
            once("chain", contents.chain().name(), names);
        }
        return List.copyOf(sorted);
    }

    private static void once(String what, String name, Set<String> names) {
        if (!names.add(name)) {
            throw new IllegalArgumentException("the " + what + " " + name + " is there twice");
        }
    }

    /** Begins a ruleset of the table. */
    public static Builder of(Table table) {
        return new Builder(table);
    }

    /** Family and name of the table. */
    public TableId id() {
        return table.id();
    }

    /** The chain of this name. */
    public Optional<ChainContents> chain(String name) {
        return chains.stream().filter(c -> c.chain().name().equals(name)).findFirst();
    }

    /** The set or map of this name. */
    public Optional<SetContents> set(String name) {
        return sets.stream().filter(s -> s.set().name().equals(name)).findFirst();
    }

    /**
     * As {@code nft list table} prints it (without what counters counted); {@code nft -f} can read
     * it.
     */
    public String text() {
        return RulesetText.of(this);
    }

    /** Gathers sets and chains. Not thread-safe. */
    public static final class Builder {
        private final Table table;
        private final List<SetContents> sets = new ArrayList<>();
        private final List<ChainContents> chains = new ArrayList<>();

        private Builder(Table table) {
            this.table = table;
        }

        /** Adds a set or map with its elements. */
        public Builder set(SetContents contents) {
            sets.add(contents);
            return this;
        }

        /** Adds a set or map with its elements. */
        public Builder set(NftSet set, List<Element> elements) {
            return set(new SetContents(set, elements));
        }

        /** Adds a set or map with its elements. */
        public Builder set(NftSet set, Element... elements) {
            return set(set, List.of(elements));
        }

        /** Adds a chain with its rules. */
        public Builder chain(Chain chain, List<Rule> rules) {
            chains.add(new ChainContents(chain, rules));
            return this;
        }

        /** Adds a chain with its rules. */
        public Builder chain(Chain chain, Rule... rules) {
            return chain(chain, List.of(rules));
        }

        /** The finished ruleset. */
        public Ruleset build() {
            return new Ruleset(table, sets, chains);
        }
    }
}
