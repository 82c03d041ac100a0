package dev.kakehashi.linux.nft.expr;

/**
 * Puts a constant into a register; a verdict into the verdict register.
 *
 * @param dreg where to
 * @param data what
 */
public record Immediate(Register dreg, Data data) implements Expression {
    @Override
    public String kind() {
        return "immediate";
    }

    /** Ends the rule with a verdict. */
    public static Immediate verdict(Verdict verdict) {
        return new Immediate(Register.VERDICT, verdict);
    }
}
