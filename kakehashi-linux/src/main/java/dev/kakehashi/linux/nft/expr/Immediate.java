package dev.kakehashi.linux.nft.expr;

import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.MessageWriter;

/**
 * Puts a constant into a register; a verdict into the verdict register.
 *
 * @param dreg where to
 * @param data what
 */
public record Immediate(Register dreg, Data data) implements Expression {
    private static final int NFTA_IMMEDIATE_DREG = 1;
    private static final int NFTA_IMMEDIATE_DATA = 2;

    @Override
    public String kind() {
        return "immediate";
    }

    /** Ends the rule with a verdict. */
    public static Immediate verdict(Verdict verdict) {
        return new Immediate(Register.VERDICT, verdict);
    }

    @Override
    public void writeTo(MessageWriter writer) {
        dreg.write(writer, NFTA_IMMEDIATE_DREG);
        data.write(writer, NFTA_IMMEDIATE_DATA);
    }

    static Immediate read(Fields f) throws MalformedMessageException {
        return new Immediate(f.register(NFTA_IMMEDIATE_DREG), f.data(NFTA_IMMEDIATE_DATA));
    }
}
