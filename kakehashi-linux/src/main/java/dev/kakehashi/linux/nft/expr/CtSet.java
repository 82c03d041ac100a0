package dev.kakehashi.linux.nft.expr;

import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.MessageWriter;

/**
 * Writes the packet's connection tracking entry.
 *
 * @param key what to write, usually the mark
 * @param sreg where from
 */
public record CtSet(CtKey key, Register sreg) implements Expression {
    private static final int NFTA_CT_KEY = 2;

    @Override
    public String kind() {
        return "ct";
    }

    @Override
    public void writeTo(MessageWriter writer) {
        writer.be32(NFTA_CT_KEY, key.number());
        sreg.write(writer, Ct.NFTA_CT_SREG);
    }

    static CtSet read(Fields f) throws MalformedMessageException {
        return new CtSet(CtKey.of(f.be32(NFTA_CT_KEY, -1)), f.register(Ct.NFTA_CT_SREG));
    }
}
