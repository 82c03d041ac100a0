package dev.kakehashi.linux.rtnetlink;

import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.netlink.Attribute;
import dev.kakehashi.linux.netlink.Attributes;
import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.MessageWriter;
import dev.kakehashi.linux.netlink.NetlinkMessage;
import dev.kakehashi.linux.netlink.NetlinkRequest;
import dev.kakehashi.linux.netlink.Payload;

import java.net.InetAddress;
import java.util.Optional;

/** Requests about the ARP and NDP tables. */
public final class Neighbours {
    static final int NDMSG = 12;
    static final int NDA_DST = 1;
    static final int NDA_LLADDR = 2;
    static final int NDA_IFINDEX = 8;
    static final int NDA_PROTOCOL = 12;

    private Neighbours() {}

    /**
     * Adds an entry; EEXIST if there is one for the address. Equivalent to: {@code ip neighbour add
     * …}.
     */
    public static NetlinkRequest add(Neighbour neighbour) {
        return change(
                Rtm.NEWNEIGH,
                NetlinkMessage.NLM_F_CREATE | NetlinkMessage.NLM_F_EXCL,
                "ip neighbour add",
                neighbour);
    }

    /**
     * Adds an entry or changes the one for the address. Equivalent to: {@code ip neighbour replace
     * …}.
     */
    public static NetlinkRequest replace(Neighbour neighbour) {
        return change(
                Rtm.NEWNEIGH,
                NetlinkMessage.NLM_F_CREATE | NetlinkMessage.NLM_F_REPLACE,
                "ip neighbour replace",
                neighbour);
    }

    /**
     * Removes the entry for an address; ENOENT if there is none. Equivalent to: {@code ip neighbour
     * delete …}.
     */
    public static NetlinkRequest delete(Neighbour neighbour) {
        return change(Rtm.DELNEIGH, 0, "ip neighbour delete", neighbour);
    }

    /** Asks for all entries but proxies. Equivalent to: {@code ip neighbour show nud all}. */
    public static NetlinkRequest list() {
        return list(0, 0);
    }

    /**
     * Asks for the entries of a link but proxies. Equivalent to: {@code ip neighbour show nud all
     * dev $link}.
     */
    public static NetlinkRequest list(int link) {
        return list(link, 0);
    }

    /** Asks for the proxy entries. Equivalent to: {@code ip neighbour show proxy}. */
    public static NetlinkRequest listProxies() {
        return list(0, Neighbour.NTF_PROXY);
    }

    private static NetlinkRequest list(int link, int flags) {
        return new Request(
                Rtm.GETNEIGH,
                0,
                writer -> {
                    writer.u8(Rtm.AF_UNSPEC).zeros(3).u32(0).u16(0).u8(flags).u8(0);
                    if (link != 0) {
                        writer.u32(NDA_IFINDEX, link);
                    }
                },
                new Command("ip neighbour show dev index", link));
    }

    private static NetlinkRequest change(int type, int flags, String verb, Neighbour neighbour) {
        return new Request(
                type, flags, writer -> write(writer, neighbour), new Command(verb, neighbour));
    }

    private static void write(MessageWriter writer, Neighbour neighbour) {
        writer.u8(Prefixes.family(neighbour.address())).zeros(3);
        writer.u32(neighbour.link());
        writer.u16(neighbour.state()).u8(neighbour.flags()).u8(0);
        writer.address(NDA_DST, neighbour.address());
        neighbour.mac().ifPresent(mac -> writer.mac(NDA_LLADDR, mac));
        if (neighbour.protocol() != 0) {
            writer.u8(NDA_PROTOCOL, neighbour.protocol());
        }
    }

    /** Reads an entry from a notification or answer; empty for messages about something else. */
    public static Optional<Neighbour> decode(NetlinkMessage message)
            throws MalformedMessageException {
        if (message.type() != Rtm.NEWNEIGH && message.type() != Rtm.DELNEIGH) {
            return Optional.empty();
        }
        Payload payload = message.payload();
        int family = payload.u8(0);
        if (family != Rtm.AF_INET && family != Rtm.AF_INET6) {
            return Optional.empty();
        }
        Optional<InetAddress> address = Optional.empty();
        Optional<MacAddress> mac = Optional.empty();
        int protocol = 0;
        Attributes attributes = payload.attributes(NDMSG);
        while (attributes.next()) {
            Attribute a = attributes.attribute();
            switch (a.type()) {
                case NDA_DST -> address = Optional.of(a.address());
                case NDA_LLADDR -> mac = a.length() == 6 ? Optional.of(a.mac()) : mac;
                case NDA_PROTOCOL -> protocol = a.u8();
                default -> {}
            }
        }
        if (address.isEmpty()) {
            throw new MalformedMessageException("a neighbour message without address");
        }
        return Optional.of(
                new Neighbour(
                        payload.u32(4),
                        address.get(),
                        mac,
                        payload.u16(8),
                        payload.u8(10),
                        protocol));
    }
}
