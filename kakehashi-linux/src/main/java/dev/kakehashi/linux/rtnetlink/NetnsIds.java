package dev.kakehashi.linux.rtnetlink;

import dev.kakehashi.linux.Fd;
import dev.kakehashi.linux.netlink.Attribute;
import dev.kakehashi.linux.netlink.Attributes;
import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.NetlinkMessage;
import dev.kakehashi.linux.netlink.NetlinkRequest;

import java.util.OptionalInt;

/** Requests about the numbers that a namespace has for others (linux/net_namespace.h). */
public final class NetnsIds {
    private static final int NETNSA_NSID = 1;
    private static final int NETNSA_FD = 3;

    private NetnsIds() {}

    /**
     * Asks for the number of a namespace; the answer is without one if it has none. Equivalent to:
     * {@code ip netns list-id}.
     */
    public static NetlinkRequest get(Fd netns) {
        return request(Rtm.GETNSID, netns, OptionalInt.empty());
    }

    /**
     * Gives a number to a namespace; EEXIST if it has one or the number is taken. Equivalent to:
     * {@code ip netns set}.
     */
    public static NetlinkRequest set(Fd netns, int id) {
        return request(Rtm.NEWNSID, netns, OptionalInt.of(id));
    }

    /**
     * Lets the kernel choose a number for a namespace. Equivalent to: {@code ip netns set $name
     * auto}.
     */
    public static NetlinkRequest assign(Fd netns) {
        return request(Rtm.NEWNSID, netns, OptionalInt.of(-1));
    }

    private static NetlinkRequest request(int type, Fd netns, OptionalInt id) {
        return new Request(
                type,
                0,
                writer -> {
                    writer.u32(0); // struct rtgenmsg, padded
                    writer.u32(NETNSA_FD, netns.number());
                    Wanted.u32(writer, NETNSA_NSID, id);
                },
                new Command("ip netns id of", netns));
    }

    /** Reads the answer to {@link #get}. */
    public static OptionalInt decode(NetlinkMessage message) throws MalformedMessageException {
        Attributes attributes = message.payload().attributes(1);
        while (attributes.next()) {
            Attribute a = attributes.attribute();
            if (a.type() == NETNSA_NSID && a.u32() >= 0) {
                return OptionalInt.of(a.u32());
            }
        }
        return OptionalInt.empty();
    }
}
