package dev.kakehashi.linux.nft.expr;

import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.MessageWriter;

/**
 * A number from 0 (plus the offset) to modulus - 1.
 *
 * @param dreg where to, 4 bytes in the processor's order
 * @param modulus how many numbers
 * @param random at random, else one after the other
 * @param offset added to the number
 */
public record Numgen(Register dreg, int modulus, boolean random, int offset) implements Expression {
    private static final int NFTA_NG_DREG = 1;
    private static final int NFTA_NG_MODULUS = 2;
    private static final int NFTA_NG_TYPE = 3;
    private static final int NFTA_NG_OFFSET = 4;

    @Override
    public String kind() {
        return "numgen";
    }

    @Override
    public void writeTo(MessageWriter writer) {
        dreg.write(writer, NFTA_NG_DREG);
        writer.be32(NFTA_NG_MODULUS, modulus);
        writer.be32(NFTA_NG_TYPE, random ? 1 : 0);
        writer.be32(NFTA_NG_OFFSET, offset);
    }

    static Numgen read(Fields f) throws MalformedMessageException {
        return new Numgen(
                f.register(NFTA_NG_DREG),
                f.be32(NFTA_NG_MODULUS, 0),
                f.be32(NFTA_NG_TYPE, 0) == 1,
                f.be32(NFTA_NG_OFFSET, 0));
    }
}
