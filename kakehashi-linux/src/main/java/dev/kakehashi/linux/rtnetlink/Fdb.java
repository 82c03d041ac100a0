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
import java.util.OptionalInt;

/** Requests about forwarding databases. */
public final class Fdb {
    private static final int NDA_VLAN = 5;
    private static final int NDA_VNI = 7;
    private static final int NDA_MASTER = 9;

    private Fdb() {}

    /**
     * Adds an entry; EEXIST if there is one for the address. Equivalent to: {@code bridge fdb add
     * …}.
     */
    public static NetlinkRequest add(FdbEntry entry) {
        return change(
                Rtm.NEWNEIGH,
                NetlinkMessage.NLM_F_CREATE | NetlinkMessage.NLM_F_EXCL,
                "bridge fdb add",
                entry);
    }

    /**
     * Adds an entry or changes the one for the address. Equivalent to: {@code bridge fdb replace
     * …}.
     */
    public static NetlinkRequest replace(FdbEntry entry) {
        return change(
                Rtm.NEWNEIGH,
                NetlinkMessage.NLM_F_CREATE | NetlinkMessage.NLM_F_REPLACE,
                "bridge fdb replace",
                entry);
    }

    /**
     * Adds another destination to those of an address (VXLAN, all zeros and multicast addresses).
     * Equivalent to: {@code bridge fdb append …}.
     */
    public static NetlinkRequest append(FdbEntry entry) {
        return change(
                Rtm.NEWNEIGH,
                NetlinkMessage.NLM_F_CREATE | NetlinkMessage.NLM_F_APPEND,
                "bridge fdb append",
                entry);
    }

    /** Removes an entry; ENOENT if there is none. Equivalent to: {@code bridge fdb delete …}. */
    public static NetlinkRequest delete(FdbEntry entry) {
        return change(Rtm.DELNEIGH, 0, "bridge fdb delete", entry);
    }

    /** Asks for the entries of all devices and bridges. Equivalent to: {@code bridge fdb show}. */
    public static NetlinkRequest list() {
        return list(0);
    }

    /**
     * Asks for the entries of a device or port. Equivalent to: {@code bridge fdb show dev $link}.
     */
    public static NetlinkRequest list(int link) {
        return new Request(
                Rtm.GETNEIGH,
                0,
                writer -> writer.u8(Rtm.AF_BRIDGE).zeros(3).u32(link).u32(0),
                new Command("bridge fdb show dev index", link));
    }

    private static NetlinkRequest change(int type, int flags, String verb, FdbEntry entry) {
        return new Request(type, flags, writer -> write(writer, entry), new Command(verb, entry));
    }

    private static void write(MessageWriter writer, FdbEntry entry) {
        writer.u8(Rtm.AF_BRIDGE).zeros(3);
        writer.u32(entry.link());
        writer.u16(entry.state()).u8(entry.flags()).u8(0);
        writer.mac(Neighbours.NDA_LLADDR, entry.mac());
        entry.destination().ifPresent(d -> writer.address(Neighbours.NDA_DST, d));
        Wanted.u16(writer, NDA_VLAN, entry.vlan());
        Wanted.u32(writer, NDA_VNI, entry.vni());
        if (entry.protocol() != 0) {
            writer.u8(Neighbours.NDA_PROTOCOL, entry.protocol());
        }
    }

    /** Reads an entry from a notification or answer; empty for messages about something else. */
    public static Optional<FdbEntry> decode(NetlinkMessage message)
            throws MalformedMessageException {
        if (message.type() != Rtm.NEWNEIGH && message.type() != Rtm.DELNEIGH) {
            return Optional.empty();
        }
        Payload payload = message.payload();
        if (payload.u8(0) != Rtm.AF_BRIDGE) {
            return Optional.empty();
        }
        Optional<MacAddress> mac = Optional.empty();
        Optional<InetAddress> destination = Optional.empty();
        OptionalInt vlan = OptionalInt.empty();
        OptionalInt vni = OptionalInt.empty();
        int bridge = 0;
        int protocol = 0;
        Attributes attributes = payload.attributes(Neighbours.NDMSG);
        while (attributes.next()) {
            Attribute a = attributes.attribute();
            switch (a.type()) {
                case Neighbours.NDA_LLADDR -> mac = Optional.of(a.mac());
                case Neighbours.NDA_DST -> destination = Optional.of(a.address());
                case NDA_VLAN -> vlan = OptionalInt.of(a.u16());
                case NDA_VNI -> vni = OptionalInt.of(a.u32());
                case NDA_MASTER -> bridge = a.u32();
                case Neighbours.NDA_PROTOCOL -> protocol = a.u8();
                default -> {}
            }
        }
        if (mac.isEmpty()) {
            return Optional.empty(); // next hop groups and others are of no use here
        }
        return Optional.of(
                new FdbEntry(
                        payload.u32(4),
                        mac.get(),
                        destination,
                        vlan,
                        vni,
                        bridge,
                        payload.u16(8),
                        payload.u8(10),
                        protocol));
    }
}
