package dev.kakehashi.linux.rtnetlink;

import dev.kakehashi.linux.netlink.Attribute;
import dev.kakehashi.linux.netlink.Attributes;
import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.MessageWriter;
import dev.kakehashi.linux.netlink.NetlinkMessage;
import dev.kakehashi.linux.netlink.NetlinkRequest;
import dev.kakehashi.linux.netlink.Payload;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Requests about the VLANs of bridge ports (linux/if_bridge.h). */
public final class BridgeVlans {
    private static final int IFLA_BRIDGE_FLAGS = 0;
    private static final int IFLA_BRIDGE_VLAN_INFO = 2;
    private static final int BRIDGE_FLAGS_SELF = 2;
    private static final int PVID = 2;
    private static final int UNTAGGED = 4;
    private static final int RANGE_BEGIN = 8;
    private static final int RANGE_END = 16;
    private static final int RTEXT_FILTER_BRVLAN_COMPRESSED = 4;

    private BridgeVlans() {}

    /**
     * Adds VLANs to a port or changes their flags. Equivalent to: {@code bridge vlan add dev $port
     * vid …}.
     *
     * @param self whether the link is the bridge itself
     */
    public static NetlinkRequest add(int port, BridgeVlan vlan, boolean self) {
        return change(Rtm.SETLINK, "bridge vlan add dev #" + port, port, vlan, self);
    }

    /** Removes VLANs from a port. Equivalent to: {@code bridge vlan delete dev $port vid …}. */
    public static NetlinkRequest delete(int port, BridgeVlan vlan, boolean self) {
        return change(Rtm.DELLINK, "bridge vlan delete dev #" + port, port, vlan, self);
    }

    /** Asks for the VLANs of all ports. Equivalent to: {@code bridge -compressvlans vlan show}. */
    public static NetlinkRequest list() {
        return new Request(
                Rtm.GETLINK,
                0,
                writer -> {
                    LinkCodec.writeHeader(writer, Rtm.AF_BRIDGE, 0, 0, 0);
                    writer.u32(LinkCodec.IFLA_EXT_MASK, RTEXT_FILTER_BRVLAN_COMPRESSED);
                },
                new Command("bridge vlan", "show"));
    }

    private static NetlinkRequest change(
            int type, String verb, int port, BridgeVlan vlan, boolean self) {
        return new Request(
                type,
                0,
                writer -> {
                    LinkCodec.writeHeader(writer, Rtm.AF_BRIDGE, port, 0, 0);
                    int spec = writer.begin(LinkCodec.IFLA_AF_SPEC);
                    if (self) {
                        writer.u16(IFLA_BRIDGE_FLAGS, BRIDGE_FLAGS_SELF);
                    }
                    write(writer, vlan);
                    writer.end(spec);
                },
                new Command(verb, vlan));
    }

    private static void write(MessageWriter writer, BridgeVlan vlan) {
        int flags = (vlan.pvid() ? PVID : 0) | (vlan.untagged() ? UNTAGGED : 0);
        if (vlan.first() == vlan.last()) {
            info(writer, flags, vlan.first());
        } else {
            info(writer, flags | RANGE_BEGIN, vlan.first());
            info(writer, flags | RANGE_END, vlan.last());
        }
    }

    /** {@code struct bridge_vlan_info}. */
    private static void info(MessageWriter writer, int flags, int id) {
        int start = writer.beginUnmarked(IFLA_BRIDGE_VLAN_INFO);
        writer.u16(flags).u16(id);
        writer.end(start);
    }

    /**
     * Reads the VLANs of one port; empty for messages about something else and ports without VLANs.
     */
    public static Optional<BridgePortVlans> decode(NetlinkMessage message)
            throws MalformedMessageException {
        if (message.type() != Rtm.NEWLINK || message.payload().u8(0) != Rtm.AF_BRIDGE) {
            return Optional.empty();
        }
        Payload payload = message.payload();
        List<BridgeVlan> vlans = new ArrayList<>();
        Attributes attributes = payload.attributes(LinkCodec.IFINFOMSG);
        while (attributes.next()) {
            if (attributes.attribute().type() == LinkCodec.IFLA_AF_SPEC) {
                read(attributes.attribute().nested(), vlans);
            }
        }
        return vlans.isEmpty()
                ? Optional.empty()
                : Optional.of(new BridgePortVlans(payload.u32(4), vlans));
    }

    private static void read(Attributes spec, List<BridgeVlan> vlans)
            throws MalformedMessageException {
        int begin = 0;
        while (spec.next()) {
            Attribute a = spec.attribute();
            if (a.type() != IFLA_BRIDGE_VLAN_INFO) {
                continue;
            }
            int flags = a.payload().u16(0);
            int id = a.payload().u16(2);
            if ((flags & RANGE_BEGIN) != 0) {
                begin = id;
                continue;
            }
            int first = (flags & RANGE_END) != 0 ? begin : id;
            boolean pvid = (flags & PVID) != 0;
            if (first < 1 || id > 4094 || first > id || (pvid && first != id)) {
                throw new MalformedMessageException("VLANs " + first + " to " + id);
            }
            vlans.add(new BridgeVlan(first, id, pvid, (flags & UNTAGGED) != 0));
        }
    }
}
