package dev.kakehashi.linux.nft.expr;

import dev.kakehashi.linux.netlink.MessageWriter;

/**
 * An expression, or a form of one, that this library does not interpret: the kernel's own bytes. It
 * can be written back as it was read.
 *
 * @param kind the kernel's name of the expression
 * @param data the contents of {@code NFTA_EXPR_DATA}
 */
public record Opaque(String kind, Value data) implements Expression {
    @Override
    public void writeTo(MessageWriter writer) {
        writer.bytes(data.bytes());
    }
}
