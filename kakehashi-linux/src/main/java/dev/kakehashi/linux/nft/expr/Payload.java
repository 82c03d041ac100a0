package dev.kakehashi.linux.nft.expr;

/**
 * Reads bytes of the packet.
 *
 * @param base the header from which the offset counts
 * @param offset bytes
 * @param length bytes
 * @param dreg where to
 */
public record Payload(PayloadBase base, int offset, int length, Register dreg)
        implements Expression {
    @Override
    public String kind() {
        return "payload";
    }
}
