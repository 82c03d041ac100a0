package dev.kakehashi.linux.nft.expr;

/**
 * Goes on with the rule only when the register compares so with the value.
 *
 * @param op how to compare
 * @param sreg what to compare
 * @param value with what; as many bytes as are compared
 */
public record Cmp(CmpOp op, Register sreg, Value value) implements Expression {
    @Override
    public String kind() {
        return "cmp";
    }
}
