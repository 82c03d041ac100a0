package dev.kakehashi.linux.rtnetlink;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * An entry of a routing table ({@code struct rtmsg}, linux/rtnetlink.h).
 *
 * @param destination the network, 0.0.0.0/0 or ::/0 for the default route
 * @param type what happens to the packet
 * @param nextHops where to; several share the traffic; none for types that do not forward
 * @param table the table, {@link #MAIN} mostly
 * @param priority the metric: lower wins. 0 is IPv4's default; for IPv6 the kernel makes 1024 of it
 * @param scope how far the destination is, IPv4 only; empty: as ip-route(8) does, host for local
 *     routes, link for those without gateway, global else. Observed routes always have it
 * @param protocol who made it, {@code RTPROT_*}
 * @param source the source address of packets made here
 * @param mtu path MTU in bytes
 * @param advMss TCP segment size to announce, in bytes
 * @param flags {@code RTM_F_*} as observed
 */
public record Route(
        IpPrefix destination,
        RouteType type,
        List<NextHop> nextHops,
        int table,
        int priority,
        Optional<Scope> scope,
        int protocol,
        Optional<InetAddress> source,
        OptionalInt mtu,
        OptionalInt advMss,
        int flags) {
    /** The table that is looked at by default, {@code RT_TABLE_MAIN}. */
    public static final int MAIN = 254;

    /** The kernel's own table of local and broadcast addresses, {@code RT_TABLE_LOCAL}. */
    public static final int LOCAL = 255;

    public static final int RTPROT_UNSPEC = 0;
    public static final int RTPROT_REDIRECT = 1;
    public static final int RTPROT_KERNEL = 2;
    public static final int RTPROT_BOOT = 3;
    public static final int RTPROT_STATIC = 4;

    /** A cached copy of another route, {@code RTM_F_CLONED}. */
    public static final int RTM_F_CLONED = 0x200;

    public Route {
        nextHops = List.copyOf(nextHops);
    }

    /** A unicast route in the main table. */
    public static Route to(IpPrefix destination, NextHop... nextHops) {
        return of(RouteType.UNICAST, destination, nextHops);
    }

    /** A route of any type in the main table. */
    public static Route of(RouteType type, IpPrefix destination, NextHop... nextHops) {
        return new Route(
                destination,
                type,
                List.of(nextHops),
                MAIN,
                0,
                Optional.empty(),
                RTPROT_BOOT,
                Optional.empty(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                0);
    }

    /** The same in another table. */
    public Route withTable(int number) {
        return new Route(
                destination,
                type,
                nextHops,
                number,
                priority,
                scope,
                protocol,
                source,
                mtu,
                advMss,
                flags);
    }

    /** The same with another metric. */
    public Route withPriority(int number) {
        return new Route(
                destination,
                type,
                nextHops,
                table,
                number,
                scope,
                protocol,
                source,
                mtu,
                advMss,
                flags);
    }

    /** The same with a scope of its own. */
    public Route withScope(Scope other) {
        return new Route(
                destination,
                type,
                nextHops,
                table,
                priority,
                Optional.of(other),
                protocol,
                source,
                mtu,
                advMss,
                flags);
    }

    /** The same with the mark of who made it. */
    public Route withProtocol(int number) {
        return new Route(
                destination,
                type,
                nextHops,
                table,
                priority,
                scope,
                number,
                source,
                mtu,
                advMss,
                flags);
    }

    /** The same with a source address for packets made here. */
    public Route withSource(InetAddress address) {
        return new Route(
                destination,
                type,
                nextHops,
                table,
                priority,
                scope,
                protocol,
                Optional.of(address),
                mtu,
                advMss,
                flags);
    }

    /** The same with a path MTU in bytes. */
    public Route withMtu(int bytes) {
        return new Route(
                destination,
                type,
                nextHops,
                table,
                priority,
                scope,
                protocol,
                source,
                OptionalInt.of(bytes),
                advMss,
                flags);
    }

    /** The same with a TCP segment size to announce, in bytes. */
    public Route withAdvMss(int bytes) {
        return new Route(
                destination,
                type,
                nextHops,
                table,
                priority,
                scope,
                protocol,
                source,
                mtu,
                OptionalInt.of(bytes),
                flags);
    }

    /** Whether the kernel made it as a copy for one destination. */
    public boolean isCached() {
        return (flags & RTM_F_CLONED) != 0;
    }

    /** In the words of ip-route(8). */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        if (type != RouteType.UNICAST) {
            text.append(type).append(' ');
        }
        text.append(destination.length() == 0 ? "default" : destination.toString());
        if (nextHops.size() == 1) {
            text.append(nextHops.getFirst().text(destination.isIpv4()));
        } else {
            nextHops.forEach(hop -> text.append(" nexthop").append(hop.text(destination.isIpv4())));
        }
        source.ifPresent(s -> text.append(" src ").append(IpAddresses.format(s)));
        if (table != MAIN) {
            text.append(" table ").append(Integer.toUnsignedString(table));
        }
        if (priority != 0) {
            text.append(" metric ").append(Integer.toUnsignedString(priority));
        }
        Wanted.words(text, "mtu", mtu);
        Wanted.words(text, "advmss", advMss);
        return text.toString();
    }
}
