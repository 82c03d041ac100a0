package dev.kakehashi.linux.nft.expr;

/**
 * Looks for a key in a set or map of the same table. In a set: the rule goes on when it is there
 * (or, inverted, when it is not). In a map: the data found goes to {@code dreg}, and the rule ends
 * when there is none.
 *
 * @param set the name of the set or map
 * @param sreg the key
 * @param dreg where the data of a map goes, {@link Register#VERDICT} for a verdict map, {@link
 *     Register#NONE} for a set
 * @param inverted whether the key must not be there
 */
public record Lookup(String set, Register sreg, Register dreg, boolean inverted)
        implements Expression {
    @Override
    public String kind() {
        return "lookup";
    }
}
