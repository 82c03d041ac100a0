package dev.kakehashi.linux.nft.expr;

import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.MessageWriter;

/**
 * Reads the packet's connection tracking entry.
 *
 * @param key what to read
 * @param dreg where to
 * @param direction of which direction, for keys that have one
 */
public record Ct(CtKey key, Register dreg, CtDirection direction) implements Expression {
    private static final int NFTA_CT_DREG = 1;
    private static final int NFTA_CT_KEY = 2;
    private static final int NFTA_CT_DIRECTION = 3;
    static final int NFTA_CT_SREG = 4;

    @Override
    public String kind() {
        return "ct";
    }

    @Override
    public void writeTo(MessageWriter writer) {
        writer.be32(NFTA_CT_KEY, key.number());
        dreg.write(writer, NFTA_CT_DREG);
        if (direction != CtDirection.NONE) {
            writer.u8(NFTA_CT_DIRECTION, direction.number());
        }
    }

    static Ct read(Fields f) throws MalformedMessageException {
        CtDirection direction = CtDirection.of(f.u8(NFTA_CT_DIRECTION, CtDirection.NONE.number()));
        return new Ct(CtKey.of(f.be32(NFTA_CT_KEY, -1)), f.register(NFTA_CT_DREG), direction);
    }
}
