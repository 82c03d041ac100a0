package dev.kakehashi.linux.nft.expr;

import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.MessageWriter;

/**
 * Counts packets and bytes. The numbers are no part of the rule: two rules that differ only in what
 * they have counted are the same rule. What was counted is reported beside it ({@code
 * InstalledRule}).
 */
public record Counter() implements Expression {
    private static final int NFTA_COUNTER_BYTES = 1;
    private static final int NFTA_COUNTER_PACKETS = 2;
    private static final int NFTA_COUNTER_PAD = 3;

    @Override
    public String kind() {
        return "counter";
    }

    @Override
    public void writeTo(MessageWriter writer) {
        // Begins with zero.
    }

    static Count count(Fields f) throws MalformedMessageException {
        return new Count(f.be64(NFTA_COUNTER_PACKETS, 0), f.be64(NFTA_COUNTER_BYTES, 0));
    }

    static Counter read(Fields f) {
        f.ignore(NFTA_COUNTER_BYTES);
        f.ignore(NFTA_COUNTER_PACKETS);
        f.ignore(NFTA_COUNTER_PAD);
        return new Counter();
    }

    /**
     * What a counter has counted.
     *
     * @param packets packets since it was made or reset
     * @param bytes their bytes, from the network header on
     */
    public record Count(long packets, long bytes) {}
}
