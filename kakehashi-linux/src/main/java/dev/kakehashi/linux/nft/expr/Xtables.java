package dev.kakehashi.linux.nft.expr;

import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.MessageWriter;

/**
 * A match or a target of x_tables within a rule of nftables (net/netfilter/nft_compat.c): what
 * {@code iptables-nft(8)} writes for what nftables itself has no expression.
 *
 * @param part whether it asks or acts
 * @param name as iptables calls it: {@code comment}, {@code DNAT}
 * @param revision which of the kernel's structures the information is
 * @param info that structure, filled up with zeros as XT_ALIGN does
 */
public record Xtables(Part part, String name, int revision, Value info) implements Expression {
    // NFTA_MATCH_NAME and NFTA_TARGET_NAME and so on have the same numbers.
    private static final int NAME = 1;
    private static final int REV = 2;
    private static final int INFO = 3;

    /** What an extension of x_tables does in a rule. */
    public enum Part {
        /** Breaks off the rule when its condition does not hold. */
        MATCH,
        /** Does something with the packet. */
        TARGET
    }

    static final String MATCH = "match";
    static final String TARGET = "target";

    @Override
    public String kind() {
        return part == Part.MATCH ? MATCH : TARGET;
    }

    @Override
    public void writeTo(MessageWriter writer) {
        writer.string(NAME, name).be32(REV, revision).bytes(INFO, info.bytes());
    }

    static Xtables read(Part part, Fields f) throws MalformedMessageException {
        return new Xtables(part, f.string(NAME), f.be32(REV, 0), f.bytes(INFO));
    }
}
