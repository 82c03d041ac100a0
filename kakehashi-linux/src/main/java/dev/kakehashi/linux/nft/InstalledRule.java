package dev.kakehashi.linux.nft;

import java.util.List;

/**
 * A rule as it stands in the kernel.
 *
 * @param handle names the rule within its table for replacing, deleting and placing others beside
 *     it
 * @param rule what it does
 * @param counts what its counters have counted, in the order of the rule's expressions
 */
public record InstalledRule(long handle, Rule rule, List<Count> counts) {
    public InstalledRule {
        counts = List.copyOf(counts);
    }

    /**
     * What a counter has counted.
     *
     * @param packets packets since it was made or reset
     * @param bytes their bytes, from the network header on
     */
    public record Count(long packets, long bytes) {}
}
