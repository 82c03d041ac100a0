package dev.kakehashi.linux.nft.expr;

import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.MessageWriter;

/**
 * Goes on with the rule only when the register lies within (or, inverted, outside) the bounds, both
 * included.
 *
 * @param inverted whether outside is meant
 * @param sreg what to compare
 * @param from the lower bound in network order
 * @param to the upper bound
 */
public record Range(boolean inverted, Register sreg, Value from, Value to) implements Expression {
    private static final int NFTA_RANGE_SREG = 1;
    private static final int NFTA_RANGE_OP = 2;
    private static final int NFTA_RANGE_FROM_DATA = 3;
    private static final int NFTA_RANGE_TO_DATA = 4;

    @Override
    public String kind() {
        return "range";
    }

    @Override
    public void writeTo(MessageWriter writer) {
        sreg.write(writer, NFTA_RANGE_SREG);
        writer.be32(NFTA_RANGE_OP, inverted ? 1 : 0);
        from.write(writer, NFTA_RANGE_FROM_DATA);
        to.write(writer, NFTA_RANGE_TO_DATA);
    }

    static Range read(Fields f) throws MalformedMessageException {
        boolean inverted = f.be32(NFTA_RANGE_OP, 0) != 0;
        return new Range(
                inverted,
                f.register(NFTA_RANGE_SREG),
                f.value(NFTA_RANGE_FROM_DATA),
                f.value(NFTA_RANGE_TO_DATA));
    }
}
