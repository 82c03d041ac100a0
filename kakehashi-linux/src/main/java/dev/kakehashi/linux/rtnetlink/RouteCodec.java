package dev.kakehashi.linux.rtnetlink;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.netlink.Attribute;
import dev.kakehashi.linux.netlink.Attributes;
import dev.kakehashi.linux.netlink.MalformedMessageException;
import dev.kakehashi.linux.netlink.MessageWriter;
import dev.kakehashi.linux.netlink.NetlinkMessage;
import dev.kakehashi.linux.netlink.Payload;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Writes and reads {@code struct rtmsg} and {@code RTA_*}. */
final class RouteCodec {
    private static final int RTMSG = 12;
    private static final int RTNEXTHOP = 8;
    private static final int RTA_DST = 1;
    private static final int RTA_OIF = 4;
    private static final int RTA_GATEWAY = 5;
    private static final int RTA_PRIORITY = 6;
    private static final int RTA_PREFSRC = 7;
    private static final int RTA_METRICS = 8;
    private static final int RTA_MULTIPATH = 9;
    private static final int RTA_TABLE = 15;
    private static final int RTA_VIA = 18;
    private static final int RTAX_MTU = 2;
    private static final int RTAX_ADVMSS = 8;

    private RouteCodec() {}

    /**
     * Writes a route.
     *
     * @param deletion whether it only names what shall go: then an unset scope matches any
     */
    static void write(MessageWriter writer, Route route, boolean deletion) {
        IpPrefix destination = route.destination();
        boolean v4 = destination.isIpv4();
        boolean multipath = route.nextHops().size() > 1;
        writer.u8(v4 ? Rtm.AF_INET : Rtm.AF_INET6);
        writer.u8(destination.length());
        writer.u8(0).u8(0);
        // Tables above 255 do not fit here (RT_TABLE_UNSPEC: see the attribute).
        writer.u8(route.table() >>> 8 == 0 ? route.table() : 0);
        writer.u8(route.protocol());
        writer.u8(scope(route, deletion));
        writer.u8(deletion && route.type() == RouteType.UNSPECIFIED ? 0 : route.type().number());
        writer.u32(
                multipath || route.nextHops().isEmpty() ? 0 : route.nextHops().getFirst().flags());
        writer.u32(RTA_TABLE, route.table());
        if (destination.length() > 0) {
            writer.address(RTA_DST, destination.address());
        }
        if (route.priority() != 0) {
            writer.u32(RTA_PRIORITY, route.priority());
        }
        route.source().ifPresent(address -> writer.address(RTA_PREFSRC, address));
        writeMetrics(writer, route);
        if (multipath) {
            int start = writer.beginUnmarked(RTA_MULTIPATH);
            for (NextHop hop : route.nextHops()) {
                writeMultipath(writer, hop, v4);
            }
            writer.end(start);
        } else if (!route.nextHops().isEmpty()) {
            NextHop hop = route.nextHops().getFirst();
            writeGateway(writer, hop, v4);
            if (hop.link() != 0) {
                writer.u32(RTA_OIF, hop.link());
            }
        }
    }

    /** As iproute_modify() of ip-route(8) chooses. */
    private static int scope(Route route, boolean deletion) {
        if (!route.destination().isIpv4()) {
            return Scope.GLOBAL.number();
        }
        if (route.scope().isPresent()) {
            return route.scope().get().number();
        }
        if (deletion) {
            return Scope.NOWHERE.number();
        }
        return switch (route.type()) {
            case LOCAL -> Scope.HOST.number();
            case BROADCAST, MULTICAST, ANYCAST -> Scope.LINK.number();
            case UNICAST, UNSPECIFIED ->
                    route.nextHops().stream().noneMatch(hop -> hop.gateway().isPresent())
                            ? Scope.LINK.number()
                            : Scope.GLOBAL.number();
            default -> Scope.GLOBAL.number();
        };
    }

    private static void writeMetrics(MessageWriter writer, Route route) {
        if (route.mtu().isPresent() || route.advMss().isPresent()) {
            int start = writer.begin(RTA_METRICS);
            Wanted.u32(writer, RTAX_MTU, route.mtu());
            Wanted.u32(writer, RTAX_ADVMSS, route.advMss());
            writer.end(start);
        }
    }

    /** {@code struct rtnexthop}: length, flags, weight less one, link; then attributes. */
    private static void writeMultipath(MessageWriter writer, NextHop hop, boolean v4) {
        int gatewaySize = hop.gateway().map(g -> gatewaySize(g, v4)).orElse(0);
        writer.u16(RTNEXTHOP + gatewaySize);
        writer.u8(hop.flags()).u8(hop.weight() - 1).u32(hop.link());
        writeGateway(writer, hop, v4);
    }

    private static int gatewaySize(InetAddress gateway, boolean v4) {
        int octets = gateway.getAddress().length;
        boolean sameFamily = (octets == 4) == v4;
        return 4 + (sameFamily ? octets : (2 + octets + 3) & ~3);
    }

    private static void writeGateway(MessageWriter writer, NextHop hop, boolean v4) {
        if (hop.gateway().isEmpty()) {
            return;
        }
        InetAddress gateway = hop.gateway().get();
        int family = Prefixes.family(gateway);
        if ((family == Rtm.AF_INET) == v4) {
            writer.address(RTA_GATEWAY, gateway);
        } else {
            int start = writer.beginUnmarked(RTA_VIA);
            writer.u16(family).bytes(gateway.getAddress());
            writer.end(start);
        }
    }

    static Optional<Route> decode(NetlinkMessage message) throws MalformedMessageException {
        if (message.type() != Rtm.NEWROUTE && message.type() != Rtm.DELROUTE) {
            return Optional.empty();
        }
        Payload payload = message.payload();
        int family = payload.u8(0);
        if (family != Rtm.AF_INET && family != Rtm.AF_INET6) {
            return Optional.empty();
        }
        int length = payload.u8(1);
        int table = payload.u8(4);
        int flags = payload.u32(8);
        int priority = 0;
        int link = 0;
        IpPrefix destination = Prefixes.all(family);
        Optional<InetAddress> gateway = Optional.empty();
        Optional<InetAddress> source = Optional.empty();
        OptionalInt mtu = OptionalInt.empty();
        OptionalInt advMss = OptionalInt.empty();
        List<NextHop> hops = List.of();
        Attributes attributes = payload.attributes(RTMSG);
        while (attributes.next()) {
            Attribute a = attributes.attribute();
            switch (a.type()) {
                case RTA_DST -> destination = Prefixes.of(a.address(), family, length);
                case RTA_OIF -> link = a.u32();
                case RTA_GATEWAY -> gateway = Optional.of(a.address());
                case RTA_VIA -> gateway = Optional.of(via(a));
                case RTA_PRIORITY -> priority = a.u32();
                case RTA_PREFSRC -> source = Optional.of(a.address());
                case RTA_TABLE -> table = a.u32();
                case RTA_MULTIPATH -> hops = multipath(a.payload());
                case RTA_METRICS -> {
                    Attributes metrics = a.nested();
                    while (metrics.next()) {
                        Attribute m = metrics.attribute();
                        switch (m.type()) {
                            case RTAX_MTU -> mtu = OptionalInt.of(m.u32());
                            case RTAX_ADVMSS -> advMss = OptionalInt.of(m.u32());
                            default -> {}
                        }
                    }
                }
                default -> {}
            }
        }
        RouteType type = RouteType.of(payload.u8(7));
        if (hops.isEmpty() && type.forwards() && (link != 0 || gateway.isPresent())) {
            hops = List.of(new NextHop(link, gateway, 1, flags & 0xff));
        }
        return Optional.of(
                new Route(
                        destination,
                        type,
                        hops,
                        table,
                        priority,
                        Optional.of(Scope.of(payload.u8(6))),
                        payload.u8(5),
                        source,
                        mtu,
                        advMss,
                        flags & ~0xff));
    }

    private static List<NextHop> multipath(Payload payload) throws MalformedMessageException {
        List<NextHop> hops = new ArrayList<>();
        int at = 0;
        while (payload.length() - at >= RTNEXTHOP) {
            int length = payload.u16(at);
            if (length < RTNEXTHOP || length > payload.length() - at) {
                throw new MalformedMessageException("a next hop claims " + length + " bytes");
            }
            Optional<InetAddress> gateway = Optional.empty();
            Attributes attributes = payload.attributes(at + RTNEXTHOP, at + length);
            while (attributes.next()) {
                Attribute a = attributes.attribute();
                switch (a.type()) {
                    case RTA_GATEWAY -> gateway = Optional.of(a.address());
                    case RTA_VIA -> gateway = Optional.of(via(a));
                    default -> {}
                }
            }
            int flags = payload.u8(at + 2);
            int weight = payload.u8(at + 3) + 1;
            hops.add(new NextHop(payload.u32(at + 4), gateway, weight, flags));
            at += (length + 3) & ~3;
        }
        return hops;
    }

    /** {@code struct rtvia}: family, then the address. */
    private static InetAddress via(Attribute attribute) throws MalformedMessageException {
        byte[] bytes = attribute.bytes();
        if (bytes.length != 2 + 4 && bytes.length != 2 + 16) {
            throw new MalformedMessageException("a gateway of " + bytes.length + " bytes");
        }
        return IpAddresses.of(Arrays.copyOfRange(bytes, 2, bytes.length));
    }
}
