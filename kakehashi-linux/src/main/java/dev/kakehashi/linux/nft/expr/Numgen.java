package dev.kakehashi.linux.nft.expr;

/**
 * A number from 0 (plus the offset) to modulus - 1.
 *
 * @param dreg where to, 4 bytes in the processor's order
 * @param modulus how many numbers
 * @param random at random, else one after the other
 * @param offset added to the number
 */
public record Numgen(Register dreg, int modulus, boolean random, int offset) implements Expression {
    @Override
    public String kind() {
        return "numgen";
    }
}
