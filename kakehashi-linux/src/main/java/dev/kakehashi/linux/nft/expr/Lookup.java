package dev.kakehashi.linux.nft.expr;

import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.MessageWriter;

/**
 * Looks for a key in a set or map of the same table. In a set: the rule goes on when it is there
 * (or, inverted, when it is not). In a map: the data found goes to {@code dreg}, and the rule ends
 * when there is none.
 *
 * @param set the name of the set or map
 * @param sreg the key
 * @param dreg where the data of a map goes, {@link Register#VERDICT} for a verdict map, {@link
 *     Register#NONE} for a set
 * @param inverted whether the key must not be there
 */
public record Lookup(String set, Register sreg, Register dreg, boolean inverted)
        implements Expression {
    private static final int NFTA_LOOKUP_SET = 1;
    private static final int NFTA_LOOKUP_SREG = 2;
    private static final int NFTA_LOOKUP_DREG = 3;
    private static final int NFTA_LOOKUP_FLAGS = 5;
    private static final int NFT_LOOKUP_F_INV = 1;

    @Override
    public String kind() {
        return "lookup";
    }

    @Override
    public void writeTo(MessageWriter writer) {
        writer.string(NFTA_LOOKUP_SET, set);
        sreg.write(writer, NFTA_LOOKUP_SREG);
        dreg.write(writer, NFTA_LOOKUP_DREG);
        if (inverted) {
            writer.be32(NFTA_LOOKUP_FLAGS, NFT_LOOKUP_F_INV);
        }
    }

    static Lookup read(Fields f) throws MalformedMessageException {
        boolean inverted = f.be32(NFTA_LOOKUP_FLAGS, 0) == NFT_LOOKUP_F_INV;
        return new Lookup(
                f.string(NFTA_LOOKUP_SET),
                f.register(NFTA_LOOKUP_SREG),
                f.register(NFTA_LOOKUP_DREG),
                inverted);
    }
}
