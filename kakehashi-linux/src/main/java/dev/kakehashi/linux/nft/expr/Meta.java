package dev.kakehashi.linux.nft.expr;

/**
 * Reads what the kernel knows about the packet beside its bytes: {@code meta load KEY => reg DREG}.
 *
 * @param key what to read
 * @param dreg where to
 */
public record Meta(MetaKey key, Register dreg) implements Expression {
    @Override
    public String kind() {
        return "meta";
    }
}
