package dev.kakehashi.linux.nft;

import java.util.ArrayList;
import java.util.List;

/**
 * A chain as it stands in the kernel.
 *
 * @param chain what it is
 * @param rules its rules in order
 */
public record InstalledChain(Chain chain, List<InstalledRule> rules) {
    public InstalledChain {
        rules = List.copyOf(rules);
    }

    /** The same without handles and counts. */
    public ChainContents contents() {
        List<Rule> plain = new ArrayList<>(rules.size());
        for (InstalledRule rule : rules) {
            plain.add(rule.rule());
        }
        return new ChainContents(chain, plain);
    }
}
