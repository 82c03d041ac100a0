package dev.kakehashi.linux.nft.expr;

import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.MessageWriter;

/**
 * Turns the byte order of a register's contents.
 *
 * @param sreg where from
 * @param dreg where to
 * @param toNetwork from the processor's order to the network's, else back
 * @param length bytes in all
 * @param size bytes of each number: 2, 4 or 8
 */
public record Byteorder(Register sreg, Register dreg, boolean toNetwork, int length, int size)
        implements Expression {
    private static final int NFTA_BYTEORDER_SREG = 1;
    private static final int NFTA_BYTEORDER_DREG = 2;
    private static final int NFTA_BYTEORDER_OP = 3;
    private static final int NFTA_BYTEORDER_LEN = 4;
    private static final int NFTA_BYTEORDER_SIZE = 5;

    @Override
    public String kind() {
        return "byteorder";
    }

    @Override
    public void writeTo(MessageWriter writer) {
        sreg.write(writer, NFTA_BYTEORDER_SREG);
        dreg.write(writer, NFTA_BYTEORDER_DREG);
        writer.be32(NFTA_BYTEORDER_OP, toNetwork ? 1 : 0);
        writer.be32(NFTA_BYTEORDER_LEN, length);
        writer.be32(NFTA_BYTEORDER_SIZE, size);
    }

    static Byteorder read(Fields f) throws MalformedMessageException {
        return new Byteorder(
                f.register(NFTA_BYTEORDER_SREG),
                f.register(NFTA_BYTEORDER_DREG),
                f.be32(NFTA_BYTEORDER_OP, 0) != 0,
                f.be32(NFTA_BYTEORDER_LEN, 0),
                f.be32(NFTA_BYTEORDER_SIZE, 0));
    }
}
