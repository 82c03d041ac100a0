package dev.kakehashi.linux.rtnetlink;

import dev.kakehashi.linux.netlink.MessageWriter;

/**
 * An encrypted tunnel; its keys and peers are set by generic netlink (linux/wireguard.h).
 * Equivalent to: {@code ip link add type wireguard}.
 */
public record Wireguard() implements LinkKind {
    static final String NAME = "wireguard";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void encode(MessageWriter writer, int parent) {}
}
