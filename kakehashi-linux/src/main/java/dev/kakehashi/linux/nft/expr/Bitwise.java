package dev.kakehashi.linux.nft.expr;

import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.MessageWriter;

/**
 * {@code dreg = (sreg & mask) ^ xor}.
 *
 * @param sreg where from
 * @param dreg where to
 * @param mask the bits to keep
 * @param xor the bits to flip afterwards; as long as the mask
 */
public record Bitwise(Register sreg, Register dreg, Value mask, Value xor) implements Expression {
    private static final int NFTA_BITWISE_SREG = 1;
    private static final int NFTA_BITWISE_DREG = 2;
    private static final int NFTA_BITWISE_LEN = 3;
    private static final int NFTA_BITWISE_MASK = 4;
    private static final int NFTA_BITWISE_XOR = 5;
    private static final int NFTA_BITWISE_OP = 6;

    public Bitwise {
        if (mask.length() != xor.length()) {
            throw new IllegalArgumentException(
                    "mask and xor differ in length: " + mask + ", " + xor);
        }
    }

    @Override
    public String kind() {
        return "bitwise";
    }

    @Override
    public void writeTo(MessageWriter writer) {
        sreg.write(writer, NFTA_BITWISE_SREG);
        dreg.write(writer, NFTA_BITWISE_DREG);
        writer.be32(NFTA_BITWISE_LEN, mask.length());
        writer.be32(NFTA_BITWISE_OP, 0);
        mask.write(writer, NFTA_BITWISE_MASK);
        xor.write(writer, NFTA_BITWISE_XOR);
    }

    static Bitwise read(Fields f) throws MalformedMessageException {
        if (f.be32(NFTA_BITWISE_OP, 0) != 0) {
            throw new IllegalArgumentException("not the mask and xor form");
        }
        f.ignore(NFTA_BITWISE_LEN);
        return new Bitwise(
                f.register(NFTA_BITWISE_SREG),
                f.register(NFTA_BITWISE_DREG),
                f.value(NFTA_BITWISE_MASK),
                f.value(NFTA_BITWISE_XOR));
    }
}
