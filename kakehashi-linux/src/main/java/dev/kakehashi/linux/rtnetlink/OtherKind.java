package dev.kakehashi.linux.rtnetlink;

import dev.kakehashi.linux.netlink.MessageWriter;

/**
 * A kind whose attributes this library does not know. It can be made where the kernel asks for no
 * attributes.
 *
 * @param name {@code IFLA_INFO_KIND}
 */
public record OtherKind(String name) implements LinkKind {
    @Override
    public void encode(MessageWriter writer, int parent) {}
}
