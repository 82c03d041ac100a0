package dev.kakehashi.linux.nft.expr;

/**
 * {@code dreg = (sreg & mask) ^ xor}.
 *
 * @param sreg where from
 * @param dreg where to
 * @param mask the bits to keep
 * @param xor the bits to flip afterwards; as long as the mask
 */
public record Bitwise(Register sreg, Register dreg, Value mask, Value xor) implements Expression {
    public Bitwise {
        if (mask.length() != xor.length()) {
            throw new IllegalArgumentException(
                    "mask and xor differ in length: " + mask + ", " + xor);
        }
    }

    @Override
    public String kind() {
        return "bitwise";
    }
}
