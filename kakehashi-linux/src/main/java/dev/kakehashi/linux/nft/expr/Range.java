package dev.kakehashi.linux.nft.expr;

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
    @Override
    public String kind() {
        return "range";
    }
}
