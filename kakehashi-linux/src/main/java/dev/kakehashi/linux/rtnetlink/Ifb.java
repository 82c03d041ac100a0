package dev.kakehashi.linux.rtnetlink;

import dev.kakehashi.linux.netlink.MessageWriter;

/**
 * An intermediate functional block: a link whose queueing discipline shapes what arrives on another
 * one. Equivalent to: {@code ip link add type ifb}.
 */
public record Ifb() implements LinkKind {
    static final String NAME = "ifb";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void encode(MessageWriter writer, int parent) {}
}
