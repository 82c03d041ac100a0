package dev.kakehashi.linux.iptables;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A table as {@code iptables-save(8)} prints it, without counters and comments of the program.
 * Rules are lines that begin with {@code -A CHAIN}.
 */
public final class SavedTable {
    private final Set<String> chains;
    private final List<String> rules;
    private final Set<String> known;

    private SavedTable(Set<String> chains, List<String> rules) {
        this.chains = chains;
        this.rules = rules;
        this.known = new HashSet<>(rules);
    }

    /** The table that these lines describe. */
    public static SavedTable of(List<String> lines) {
        Set<String> chains = new LinkedHashSet<>();
        List<String> rules = new ArrayList<>(lines.size());
        for (String line : lines) {
            if (line.startsWith(":")) {
                int end = line.indexOf(' ');
                chains.add(line.substring(1, end < 0 ? line.length() : end));
            } else if (line.startsWith("-A ")) {
                rules.add(line.stripTrailing());
            }
        }
        return new SavedTable(chains, rules);
    }

    /** Whether there is a chain. */
    public boolean hasChain(String chain) {
        return chains.contains(chain);
    }

    /** The names of all chains, in order. */
    public Set<String> chains() {
        return Set.copyOf(chains);
    }

    /** Whether there is a rule, written as iptables-save does: {@code -A CHAIN …}. */
    public boolean has(String rule) {
        return known.contains(rule);
    }

    /** The rules of a chain in order. */
    public List<String> rules(String chain) {
        String start = "-A " + chain + " ";
        List<String> some = new ArrayList<>();
        for (String rule : rules) {
            if (rule.startsWith(start)) {
                some.add(rule);
            }
        }
        return some;
    }

    /** The rules of any chain that jump or go to a chain. */
    public List<String> jumpsTo(String chain) {
        List<String> some = new ArrayList<>();
        for (String rule : rules) {
            if (rule.endsWith(" -j " + chain) || rule.endsWith(" -g " + chain)) {
                some.add(rule);
            }
        }
        return some;
    }

    /** The command that deletes a rule of the table. */
    public static String deletion(String rule) {
        return "-D" + rule.substring(2);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SavedTable that
                && chains.equals(that.chains)
                && rules.equals(that.rules);
    }

    @Override
    public int hashCode() {
        return 31 * chains.hashCode() + rules.hashCode();
    }
}
