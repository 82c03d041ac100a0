package dev.kakehashi.linux.nft.expr;

/**
 * Turns the byte order of a register's contents.
 *
 * @param sreg where from
 * @param dreg where to
 * @param toNetwork from the processor's order to the network's, else back
 * @param length bytes in all
 * @param size bytes of each number: 2, 4 or 8
 */
public record Byteorder(Register sreg, Register dreg, boolean toNetwork, int length, int size)
        implements Expression {
    @Override
    public String kind() {
        return "byteorder";
    }
}
