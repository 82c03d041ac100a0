package dev.kakehashi.linux.rtnetlink;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.MessageWriter;
import dev.kakehashi.linux.netlink.NetlinkMessage;
import dev.kakehashi.linux.netlink.NetlinkRequest;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Optional;

/** Requests about routes. */
public final class Routes {
    /** Where {@code struct rtmsg} has the length of the destination. */
    private static final int RTM_DST_LEN = 1;

    private static final int RTA_DST = 1;
    private static final int RTA_OIF = 4;
    private static final int RTA_TABLE = 15;
    private static final int RTM_F_LOOKUP_TABLE = 0x1000;

    private Routes() {}

    /**
     * Adds a route; EEXIST if there is one to that destination with that metric in that table.
     * Equivalent to: {@code ip route add …}.
     */
    public static NetlinkRequest add(Route route) {
        return create(
                NetlinkMessage.NLM_F_CREATE | NetlinkMessage.NLM_F_EXCL, "ip route add", route);
    }

    /**
     * Adds a route or puts it in the place of the first one to that destination with that metric.
     * Equivalent to: {@code ip route replace …}.
     */
    public static NetlinkRequest replace(Route route) {
        return create(
                NetlinkMessage.NLM_F_CREATE | NetlinkMessage.NLM_F_REPLACE,
                "ip route replace",
                route);
    }

    /**
     * Adds a route behind equal ones (IPv6: another path of the same). Equivalent to: {@code ip
     * route append …}.
     */
    public static NetlinkRequest append(Route route) {
        return create(
                NetlinkMessage.NLM_F_CREATE | NetlinkMessage.NLM_F_APPEND,
                "ip route append",
                route);
    }

    /** Adds a route before equal ones. Equivalent to: {@code ip route prepend …}. */
    public static NetlinkRequest prepend(Route route) {
        return create(NetlinkMessage.NLM_F_CREATE, "ip route prepend", route);
    }

    /**
     * Removes the first route that is as said; what is not said matches anything: metric 0,
     * protocol 0, no next hop, no scope. ESRCH if there is none. Equivalent to: {@code ip route
     * delete …}.
     */
    public static NetlinkRequest delete(Route route) {
        return new Request(
                Rtm.DELROUTE,
                0,
                writer -> RouteCodec.write(writer, route, true),
                new Command("ip route delete", route));
    }

    private static NetlinkRequest create(int flags, String verb, Route route) {
        return new Request(
                Rtm.NEWROUTE,
                flags,
                writer -> RouteCodec.write(writer, route, false),
                new Command(verb, route));
    }

    /**
     * Asks for all routes of both families and all tables. Equivalent to: {@code ip route show
     * table all}.
     */
    public static NetlinkRequest list() {
        return list(Rtm.AF_UNSPEC, 0, 0);
    }

    /**
     * Asks for the routes of a table, both families. The kernel answers ENOENT for a table that was
     * never used. Equivalent to: {@code ip route show table $table}.
     */
    public static NetlinkRequest listTable(int table) {
        return list(Rtm.AF_UNSPEC, table, 0);
    }

    /**
     * Asks for the routes that leave by a link. Equivalent to: {@code ip route show table all dev
     * $link}.
     */
    public static NetlinkRequest listLink(int link) {
        return list(Rtm.AF_UNSPEC, 0, link);
    }

    private static NetlinkRequest list(int family, int table, int link) {
        return new Request(
                Rtm.GETROUTE,
                0,
                writer -> {
                    header(writer, family, 0, 0);
                    if (table != 0) {
                        writer.u32(RTA_TABLE, table);
                    }
                    if (link != 0) {
                        writer.u32(RTA_OIF, link);
                    }
                },
                new Command("ip route show table", table == 0 ? "all" : table));
    }

    /**
     * Asks which way the kernel would send a packet to an address. Equivalent to: {@code ip route
     * get $address}.
     */
    public static NetlinkRequest lookup(InetAddress destination) {
        return new Request(
                Rtm.GETROUTE,
                0,
                writer -> {
                    int length = destination.getAddress().length * 8;
                    // IPv6 tells the table unasked and refuses the flag (ip6_route_get of
                    // net/ipv6/route.c, where requests are checked strictly).
                    int flags = destination instanceof Inet4Address ? RTM_F_LOOKUP_TABLE : 0;
                    header(writer, Prefixes.family(destination), length, flags);
                    writer.address(RTA_DST, destination);
                },
                new Command("ip route get", IpAddresses.format(destination)));
    }

    private static void header(MessageWriter writer, int family, int length, int flags) {
        writer.u8(family).u8(length).zeros(6).u32(flags);
    }

    /** Reads a route from a notification or answer; empty for messages about something else. */
    public static Optional<Route> decode(NetlinkMessage message) throws MalformedMessageException {
        return RouteCodec.decode(message);
    }

    /** Whether a message is about a route to everywhere; a look at its header only. */
    static boolean isDefault(NetlinkMessage message) throws MalformedMessageException {
        return message.type() == Rtm.NEWROUTE && message.payload().u8(RTM_DST_LEN) == 0;
    }

    /** Whether a notification says that a route is gone. */
    public static boolean isGone(NetlinkMessage message) {
        return message.type() == Rtm.DELROUTE;
    }

    /**
     * Whether a notification is about a route to some addresses, not to everywhere; a look at its
     * header only.
     */
    public static boolean isOfSome(NetlinkMessage message) throws MalformedMessageException {
        return (message.type() == Rtm.NEWROUTE || message.type() == Rtm.DELROUTE)
                && message.payload().u8(RTM_DST_LEN) != 0;
    }
}
