package dev.kakehashi.linux.rtnetlink;

import dev.kakehashi.linux.netlink.Attribute;
import dev.kakehashi.linux.netlink.Attributes;
import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.MessageWriter;
import dev.kakehashi.linux.netlink.NetlinkMessage;
import dev.kakehashi.linux.netlink.NetlinkRequest;
import dev.kakehashi.linux.netlink.Payload;

import org.jspecify.annotations.Nullable;

import java.net.InetAddress;
import java.util.Optional;

/** Requests about addresses. */
public final class Addresses {
    private static final int IFADDRMSG = 8;
    private static final int IFA_ADDRESS = 1;
    private static final int IFA_LOCAL = 2;
    private static final int IFA_LABEL = 3;
    private static final int IFA_BROADCAST = 4;
    private static final int IFA_CACHEINFO = 6;
    private static final int IFA_FLAGS = 8;
    private static final int IFA_PROTO = 11;

    private Addresses() {}

    /** Adds an address; EEXIST if the link has it. Equivalent to: {@code ip address add …}. */
    public static NetlinkRequest add(Address address) {
        return change(
                Rtm.NEWADDR,
                NetlinkMessage.NLM_F_CREATE | NetlinkMessage.NLM_F_EXCL,
                "ip address add",
                address);
    }

    /**
     * Adds an address or changes lifetimes and flags of the one that is there. Equivalent to:
     * {@code ip address replace …}.
     */
    public static NetlinkRequest replace(Address address) {
        return change(
                Rtm.NEWADDR,
                NetlinkMessage.NLM_F_CREATE | NetlinkMessage.NLM_F_REPLACE,
                "ip address replace",
                address);
    }

    /**
     * Removes an address; EADDRNOTAVAIL if the link does not have it. Equivalent to: {@code ip
     * address delete …}.
     */
    public static NetlinkRequest delete(Address address) {
        return change(Rtm.DELADDR, 0, "ip address delete", address);
    }

    /** Asks for all addresses. Equivalent to: {@code ip address show}. */
    public static NetlinkRequest list() {
        return list(0);
    }

    /** Asks for the addresses of a link. Equivalent to: {@code ip address show dev $link}. */
    public static NetlinkRequest list(int link) {
        return new Request(
                Rtm.GETADDR,
                0,
                writer -> writer.u8(Rtm.AF_UNSPEC).u8(0).u8(0).u8(0).u32(link),
                new Command("ip address show dev index", link));
    }

    private static NetlinkRequest change(int type, int flags, String verb, Address address) {
        return new Request(
                type, flags, writer -> write(writer, address), new Command(verb, address));
    }

    private static void write(MessageWriter writer, Address address) {
        boolean v4 = address.prefix().isIpv4();
        writer.u8(v4 ? Rtm.AF_INET : Rtm.AF_INET6);
        writer.u8(address.prefix().length());
        writer.u8(address.flags() & 0xff);
        writer.u8(address.scope().number());
        writer.u32(address.link());
        InetAddress local = address.prefix().address();
        writer.address(IFA_LOCAL, local);
        writer.address(IFA_ADDRESS, address.peer().orElse(local));
        address.broadcast().ifPresent(b -> writer.address(IFA_BROADCAST, b));
        if (!address.label().isEmpty()) {
            writer.string(IFA_LABEL, address.label());
        }
        if (address.flags() != 0) {
            writer.u32(IFA_FLAGS, address.flags());
        }
        if (address.protocol() != 0) {
            writer.u8(IFA_PROTO, address.protocol());
        }
        if (address.validLifetime() != Address.FOREVER
                || address.preferredLifetime() != Address.FOREVER) {
            int start = writer.beginUnmarked(IFA_CACHEINFO);
            writer.u32((int) address.preferredLifetime()).u32((int) address.validLifetime());
            writer.u32(0).u32(0);
            writer.end(start);
        }
    }

    /** Reads an address from a notification or answer; empty for messages about something else. */
    public static Optional<Address> decode(NetlinkMessage message)
            throws MalformedMessageException {
        if (message.type() != Rtm.NEWADDR && message.type() != Rtm.DELADDR) {
            return Optional.empty();
        }
        Payload payload = message.payload();
        int family = payload.u8(0);
        int length = payload.u8(1);
        int flags = payload.u8(2);
        int scope = payload.u8(3);
        int link = payload.u32(4);
        if (family != Rtm.AF_INET && family != Rtm.AF_INET6) {
            return Optional.empty();
        }
        @Nullable InetAddress address = null;
        @Nullable InetAddress local = null;
        Optional<InetAddress> broadcast = Optional.empty();
        int protocol = 0;
        String label = "";
        long valid = Address.FOREVER;
        long preferred = Address.FOREVER;
        Attributes attributes = payload.attributes(IFADDRMSG);
        while (attributes.next()) {
            Attribute a = attributes.attribute();
            switch (a.type()) {
                case IFA_ADDRESS -> address = a.address();
                case IFA_LOCAL -> local = a.address();
                case IFA_BROADCAST -> broadcast = Optional.of(a.address());
                case IFA_LABEL -> label = a.string();
                case IFA_FLAGS -> flags = a.u32();
                case IFA_PROTO -> protocol = a.u8();
                case IFA_CACHEINFO -> {
                    preferred = Integer.toUnsignedLong(a.payload().u32(0));
                    valid = Integer.toUnsignedLong(a.payload().u32(4));
                }
                default -> {}
            }
        }
        InetAddress own = local != null ? local : address;
        if (own == null) {
            throw new MalformedMessageException("an address message without address");
        }
        Optional<InetAddress> peer =
                address == null || address.equals(own) ? Optional.empty() : Optional.of(address);
        return Optional.of(
                new Address(
                        link,
                        Prefixes.of(own, family, length),
                        peer,
                        broadcast,
                        Scope.of(scope),
                        flags,
                        protocol,
                        label,
                        valid,
                        preferred));
    }
}
