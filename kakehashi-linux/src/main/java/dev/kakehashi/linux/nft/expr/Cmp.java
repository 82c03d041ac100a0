package dev.kakehashi.linux.nft.expr;

import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.MessageWriter;

/**
 * Goes on with the rule only when the register compares so with the value.
 *
 * @param op how to compare
 * @param sreg what to compare
 * @param value with what; as many bytes as are compared
 */
public record Cmp(CmpOp op, Register sreg, Value value) implements Expression {
    private static final int NFTA_CMP_SREG = 1;
    private static final int NFTA_CMP_OP = 2;
    private static final int NFTA_CMP_DATA = 3;

    @Override
    public String kind() {
        return "cmp";
    }

    @Override
    public void writeTo(MessageWriter writer) {
        sreg.write(writer, NFTA_CMP_SREG);
        writer.be32(NFTA_CMP_OP, op.number());
        value.write(writer, NFTA_CMP_DATA);
    }

    static Cmp read(Fields f) throws MalformedMessageException {
        return new Cmp(
                CmpOp.of(f.be32(NFTA_CMP_OP, -1)),
                f.register(NFTA_CMP_SREG),
                f.value(NFTA_CMP_DATA));
    }
}
