package dev.kakehashi.linux.nft.expr;

/**
 * Writes what the kernel knows about the packet: {@code meta set KEY with reg SREG}.
 *
 * @param key what to write, usually the mark
 * @param sreg where from
 */
public record MetaSet(MetaKey key, Register sreg) implements Expression {
    @Override
    public String kind() {
        return "meta";
    }
}
