package dev.kakehashi.linux.nft.expr;

import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.MessageWriter;

/**
 * Adds, refreshes or removes an element of a set from the packet's path.
 *
 * @param op what to do
 * @param set the name of the set
 * @param key the key's register
 * @param data the register of a map's data, else {@link Register#NONE}
 * @param timeoutMillis the element's time to live; 0 for the set's
 */
public record Dynset(DynsetOp op, String set, Register key, Register data, long timeoutMillis)
        implements Expression {
    private static final int NFTA_DYNSET_SET_NAME = 1;
    private static final int NFTA_DYNSET_OP = 3;
    private static final int NFTA_DYNSET_SREG_KEY = 4;
    private static final int NFTA_DYNSET_SREG_DATA = 5;
    private static final int NFTA_DYNSET_TIMEOUT = 6;
    private static final int NFTA_DYNSET_PAD = 8;
    private static final int NFTA_DYNSET_FLAGS = 9;

    @Override
    public String kind() {
        return "dynset";
    }

    @Override
    public void writeTo(MessageWriter writer) {
        writer.string(NFTA_DYNSET_SET_NAME, set);
        writer.be32(NFTA_DYNSET_OP, op.number());
        key.write(writer, NFTA_DYNSET_SREG_KEY);
        data.write(writer, NFTA_DYNSET_SREG_DATA);
        if (timeoutMillis != 0) {
            writer.be64(NFTA_DYNSET_TIMEOUT, timeoutMillis);
        }
    }

    static Dynset read(Fields f) throws MalformedMessageException {
        f.ignore(NFTA_DYNSET_PAD);
        if (f.be32(NFTA_DYNSET_FLAGS, 0) != 0) {
            throw new IllegalArgumentException("inverted, or with expressions");
        }
        return new Dynset(
                DynsetOp.of(f.be32(NFTA_DYNSET_OP, -1)),
                f.string(NFTA_DYNSET_SET_NAME),
                f.register(NFTA_DYNSET_SREG_KEY),
                f.register(NFTA_DYNSET_SREG_DATA),
                f.be64(NFTA_DYNSET_TIMEOUT, 0));
    }
}
