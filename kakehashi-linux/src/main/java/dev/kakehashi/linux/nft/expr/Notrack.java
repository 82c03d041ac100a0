package dev.kakehashi.linux.nft.expr;

/** Exempts the packet from connection tracking. */
public record Notrack() implements Expression {
    @Override
    public String kind() {
        return "notrack";
    }
}
