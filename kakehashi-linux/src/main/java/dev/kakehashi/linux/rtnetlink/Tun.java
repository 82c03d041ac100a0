package dev.kakehashi.linux.rtnetlink;

import dev.kakehashi.linux.netlink.Attribute;
import dev.kakehashi.linux.netlink.Attributes;
import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.MessageWriter;

import java.util.OptionalInt;

/**
 * A link whose other side is a program's descriptor. It is made by {@link TunDevice}, not by
 * netlink.
 *
 * @param tap whether it carries Ethernet frames; else IP packets
 * @param owner the user who may attach, if restricted
 * @param group the group that may attach, if restricted
 * @param persistent whether it outlives its descriptor
 * @param multiQueue whether several descriptors may be attached
 */
public record Tun(
        boolean tap, OptionalInt owner, OptionalInt group, boolean persistent, boolean multiQueue)
        implements LinkKind {
    static final String NAME = "tun";
    private static final int IFLA_TUN_OWNER = 1;
    private static final int IFLA_TUN_GROUP = 2;
    private static final int IFLA_TUN_TYPE = 3;
    private static final int IFLA_TUN_PERSIST = 6;
    private static final int IFLA_TUN_MULTI_QUEUE = 7;
    private static final int IFF_TAP = 2;

    @Override
    public String name() {
        return NAME;
    }

    /** The kernel takes none of its attributes by netlink. */
    @Override
    public void encode(MessageWriter writer, int parent) {}

    @Override
    public String options() {
        StringBuilder text = new StringBuilder(" mode ").append(tap ? "tap" : "tun");
        Wanted.words(text, "user", owner);
        Wanted.words(text, "group", group);
        return multiQueue ? text.append(" multi_queue").toString() : text.toString();
    }

    static Tun decode(Attributes data) throws MalformedMessageException {
        boolean tap = false;
        OptionalInt owner = OptionalInt.empty();
        OptionalInt group = OptionalInt.empty();
        boolean persistent = false;
        boolean multiQueue = false;
        while (data.next()) {
            Attribute a = data.attribute();
            switch (a.type()) {
                case IFLA_TUN_TYPE -> tap = a.u8() == IFF_TAP;
                case IFLA_TUN_OWNER -> owner = OptionalInt.of(a.u32());
                case IFLA_TUN_GROUP -> group = OptionalInt.of(a.u32());
                case IFLA_TUN_PERSIST -> persistent = a.u8() != 0;
                case IFLA_TUN_MULTI_QUEUE -> multiQueue = a.u8() != 0;
                default -> {}
            }
        }
        return new Tun(tap, owner, group, persistent, multiQueue);
    }
}
