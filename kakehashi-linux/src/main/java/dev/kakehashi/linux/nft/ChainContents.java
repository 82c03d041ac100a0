package dev.kakehashi.linux.nft;

import java.util.List;

/**
 * A chain with its rules.
 *
 * @param chain what it is
 * @param rules its rules in order
 */
public record ChainContents(Chain chain, List<Rule> rules) {
    public ChainContents {
        rules = List.copyOf(rules);
    }
}
