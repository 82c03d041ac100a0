package dev.kakehashi.linux.nft.expr;

/**
 * Writes the packet's connection tracking entry.
 *
 * @param key what to write, usually the mark
 * @param sreg where from
 */
public record CtSet(CtKey key, Register sreg) implements Expression {
    @Override
    public String kind() {
        return "ct";
    }
}
