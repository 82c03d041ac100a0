package dev.kakehashi.linux.nft.expr;

/**
 * Jenkins' hash of a register's contents, reduced to a range.
 *
 * @param sreg what to hash
 * @param dreg where to, 4 bytes in the processor's order
 * @param length bytes to hash
 * @param modulus how many numbers
 * @param seed of the hash
 * @param offset added to the number
 */
public record Hash(Register sreg, Register dreg, int length, int modulus, int seed, int offset)
        implements Expression {
    @Override
    public String kind() {
        return "hash";
    }
}
