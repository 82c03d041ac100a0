package dev.kakehashi.linux.rtnetlink;

import dev.kakehashi.linux.netlink.MessageWriter;

/** A link that drops what is sent to it. Equivalent to: {@code ip link add type dummy}. */
public record Dummy() implements LinkKind {
    static final String NAME = "dummy";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void encode(MessageWriter writer, int parent) {}
}
