package dev.kakehashi.linux.conntrack;

import dev.kakehashi.linux.netlink.Attribute;
import dev.kakehashi.linux.netlink.Attributes;
import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.MessageWriter;
import dev.kakehashi.linux.netlink.NetlinkMessage;

import org.jspecify.annotations.Nullable;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Optional;

/** {@code CTA_*} of linux/netfilter/nfnetlink_conntrack.h. */
final class ConntrackCodec {
    static final int IPCTNL_MSG_CT_NEW = 0x100;
    static final int IPCTNL_MSG_CT_GET = 0x101;
    static final int IPCTNL_MSG_CT_DELETE = 0x102;

    private static final int NFGENMSG = 4;
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;

    private static final int CTA_TUPLE_ORIG = 1;
    static final int CTA_TUPLE_REPLY = 2;
    private static final int CTA_MARK = 8;
    private static final int CTA_ID = 12;
    private static final int CTA_ZONE = 18;
    private static final int CTA_TUPLE_IP = 1;
    private static final int CTA_TUPLE_PROTO = 2;
    private static final int CTA_IP_V4_SRC = 1;
    private static final int CTA_IP_V4_DST = 2;
    private static final int CTA_IP_V6_SRC = 3;
    private static final int CTA_IP_V6_DST = 4;
    private static final int CTA_PROTO_NUM = 1;
    private static final int CTA_PROTO_SRC_PORT = 2;
    private static final int CTA_PROTO_DST_PORT = 3;

    private ConntrackCodec() {}

    /** {@code struct nfgenmsg}: family, version, resource. */
    static void writeHeader(MessageWriter writer, int family) {
        writer.u8(family).u8(0).u16(0);
    }

    /**
     * An entry by its identity, whatever its protocol: the id is enough beside a tuple the kernel
     * can find it by.
     */
    static void writeIdentity(MessageWriter writer, ConntrackEntry entry) {
        ConntrackTuple tuple = entry.original();
        boolean v4 = tuple.source() instanceof Inet4Address;
        writeHeader(writer, v4 ? AF_INET : AF_INET6);
        writeTuple(writer, CTA_TUPLE_ORIG, tuple);
        if (entry.zone() != 0) {
            writer.be16(CTA_ZONE, entry.zone());
        }
        writer.be32(CTA_ID, entry.id());
    }

    static void writeTuple(MessageWriter writer, int type, ConntrackTuple tuple) {
        boolean v4 = tuple.source() instanceof Inet4Address;
        int start = writer.begin(type);
        int ip = writer.begin(CTA_TUPLE_IP);
        writer.address(v4 ? CTA_IP_V4_SRC : CTA_IP_V6_SRC, tuple.source());
        writer.address(v4 ? CTA_IP_V4_DST : CTA_IP_V6_DST, tuple.destination());
        writer.end(ip);
        int proto = writer.begin(CTA_TUPLE_PROTO);
        writer.u8(CTA_PROTO_NUM, tuple.protocol());
        writer.be16(CTA_PROTO_SRC_PORT, tuple.sourcePort());
        writer.be16(CTA_PROTO_DST_PORT, tuple.destinationPort());
        writer.end(proto);
        writer.end(start);
    }

    static Optional<ConntrackEntry> decode(NetlinkMessage message)
            throws MalformedMessageException {
        if (message.type() != IPCTNL_MSG_CT_NEW && message.type() != IPCTNL_MSG_CT_DELETE) {
            return Optional.empty();
        }
        @Nullable ConntrackTuple original = null;
        @Nullable ConntrackTuple reply = null;
        int id = 0;
        int mark = 0;
        int zone = 0;
        Attributes attributes = message.payload().attributes(NFGENMSG);
        while (attributes.next()) {
            Attribute a = attributes.attribute();
            switch (a.type()) {
                case CTA_TUPLE_ORIG -> original = tuple(a.nested());
                case CTA_TUPLE_REPLY -> reply = tuple(a.nested());
                case CTA_ID -> id = a.be32();
                case CTA_MARK -> mark = a.be32();
                case CTA_ZONE -> zone = a.be16();
                default -> {}
            }
        }
        if (original == null || reply == null) {
            throw new MalformedMessageException("a connection without both directions");
        }
        return Optional.of(new ConntrackEntry(original, reply, id, mark, zone));
    }

    private static ConntrackTuple tuple(Attributes attributes) throws MalformedMessageException {
        @Nullable InetAddress source = null;
        @Nullable InetAddress destination = null;
        int protocol = 0;
        int sourcePort = 0;
        int destinationPort = 0;
        while (attributes.next()) {
            int part = attributes.attribute().type();
            Attributes inner = attributes.attribute().nested();
            while (inner.next()) {
                Attribute a = inner.attribute();
                if (part == CTA_TUPLE_IP) {
                    switch (a.type()) {
                        case CTA_IP_V4_SRC, CTA_IP_V6_SRC -> source = a.address();
                        case CTA_IP_V4_DST, CTA_IP_V6_DST -> destination = a.address();
                        default -> {}
                    }
                } else if (part == CTA_TUPLE_PROTO) {
                    switch (a.type()) {
                        case CTA_PROTO_NUM -> protocol = a.u8();
                        case CTA_PROTO_SRC_PORT -> sourcePort = a.be16();
                        case CTA_PROTO_DST_PORT -> destinationPort = a.be16();
                        default -> {}
                    }
                }
            }
        }
        if (source == null || destination == null) {
            throw new MalformedMessageException("a connection without addresses");
        }
        return new ConntrackTuple(source, destination, protocol, sourcePort, destinationPort);
    }
}
