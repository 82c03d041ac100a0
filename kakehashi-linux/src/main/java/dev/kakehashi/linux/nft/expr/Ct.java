package dev.kakehashi.linux.nft.expr;

/**
 * Reads the packet's connection tracking entry.
 *
 * @param key what to read
 * @param dreg where to
 * @param direction of which direction, for keys that have one
 */
public record Ct(CtKey key, Register dreg, CtDirection direction) implements Expression {
    @Override
    public String kind() {
        return "ct";
    }
}
