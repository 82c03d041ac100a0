package dev.kakehashi.linux.nft.expr;

import dev.kakehashi.linux.netlink.MessageWriter;

/** Exempts the packet from connection tracking. */
public record Notrack() implements Expression {
    @Override
    public String kind() {
        return "notrack";
    }

    @Override
    public void writeTo(MessageWriter writer) {
        // Has no attributes.
    }
}
