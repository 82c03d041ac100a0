package dev.kakehashi.linux.nft;

import dev.kakehashi.linux.nft.expr.Counter;

import java.util.List;

/**
 * A rule as it stands in the kernel.
 *
 * @param handle names the rule within its table for replacing, deleting and placing others beside
 *     it
 * @param rule what it does
 * @param counts what its counters have counted, in the order of the rule's expressions
 */
public record InstalledRule(long handle, Rule rule, List<Counter.Count> counts) {
    public InstalledRule {
        counts = List.copyOf(counts);
    }
}
