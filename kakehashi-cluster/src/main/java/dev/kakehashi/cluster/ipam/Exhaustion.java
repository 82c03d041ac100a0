package dev.kakehashi.cluster.ipam;

import java.util.List;
import java.util.Optional;

/** Says why a node has no address to give. */
final class Exhaustion {
    private Exhaustion() {}

    /**
     * What a node lacks that is to have an address of each family of its pools.
     *
     * @return empty when there is a free one of each
     */
    static Optional<String> find(Ledger ledger, long now) {
        if (ledger.pools().isEmpty()) {
            return Optional.of(
                    "no IPPool is active and for this node: make one, or look at status.message of"
                            + " those there are and at their nodeSelector");
        }
        for (boolean ipv4 : new boolean[] {true, false}) {
            List<PoolRules> family =
                    ledger.pools().stream().filter(pool -> pool.cidr().isIpv4() == ipv4).toList();
            if (!family.isEmpty()
                    && family.stream().allMatch(pool -> Allocator.free(ledger, pool, now) == 0)) {
                return Optional.of(of(ledger, family, now));
            }
        }
        return Optional.empty();
    }

    static String of(Ledger ledger, List<PoolRules> pools, long now) {
        StringBuilder text = new StringBuilder("this node has no free address:");
        String separator = " ";
        for (PoolRules pool : pools) {
            text.append(separator);
            describe(ledger, pool, now, text);
            separator = "; ";
        }
        return text.toString();
    }

    private static void describe(Ledger ledger, PoolRules pool, long now, StringBuilder text) {
        int blocks = 0;
        int borrowed = 0;
        int givenUp = 0;
        int addresses = 0;
        int used = 0;
        int expired = 0;
        for (HeldBlock block : ledger.blocks().values()) {
            if (block.pool().equals(pool.name())) {
                if (block.isBorrowed()) {
                    borrowed++;
                } else {
                    blocks++;
                }
                addresses += BlockAddresses.forPods(block.cidr());
                givenUp += block.givenUp().size();
                used += ledger.used(block);
                expired += now < block.until() ? 0 : 1;
            }
        }
        int resting = 0;
        for (var cooling : ledger.cooling().entrySet()) {
            if (pool.cidr().contains(cooling.getKey())
                    && now - cooling.getValue() < Allocator.COOL_DOWN_MILLIS) {
                resting++;
            }
        }
        text.append("pool ").append(pool.name()).append(" (").append(pool.cidr()).append("): ");
        text.append(blocks).append(blocks == 1 ? " block /" : " blocks /").append(pool.blockSize());
        text.append(" of this node ");
        if (borrowed > 0) {
            text.append("and ")
                    .append(borrowed)
                    .append(borrowed == 1 ? " borrowed address " : " borrowed addresses ");
        }
        text.append("with ").append(addresses).append(" addresses, ");
        if (givenUp > 0) {
            text.append(givenUp).append(" lent or offered to others, ");
        }
        text.append(used).append(" in use, ").append(resting).append(" resting after use");
        if (pool.disabled()) {
            text.append("; the pool is disabled");
        } else if (expired > 0) {
            text.append("; the right to use ")
                    .append(expired)
                    .append(" of them without the store has run out: the store must be reached");
        } else if (blocks == 0) {
            text.append("; the first one is being claimed, or all of the pool are: add an IPPool");
        } else {
            text.append(
                    "; another one is being claimed, or all of the pool are: delete pods or"
                            + " add an IPPool");
        }
    }
}
