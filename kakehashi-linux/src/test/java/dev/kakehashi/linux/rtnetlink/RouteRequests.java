package dev.kakehashi.linux.rtnetlink;

import static dev.kakehashi.linux.rtnetlink.Iproute2Case.P;
import static dev.kakehashi.linux.rtnetlink.Iproute2Case.ip;
import static dev.kakehashi.linux.rtnetlink.Iproute2Case.same;

import dev.kakehashi.linux.Fd;
import dev.kakehashi.linux.IpPrefix;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Requests about routes, rules and the numbers of namespaces: {@code ip route}, {@code ip rule} and
 * {@code ip netns}.
 */
final class RouteRequests {
    /** RTA_TABLE: we name the table in full always, iproute2 where rtm_table is too small. */
    private static final String MAIN = "+15 fe000000";

    static final List<Iproute2Case> ALL =
            List.of(
                    same(
                            "ip route add 10.3.0.0/24 table 1000 proto 75 metric 50 mtu 1400 advmss"
                                    + " 1360 src 192.0.2.1 via 192.0.2.2 dev p",
                            Routes.add(
                                    route("10.3.0.0/24", NextHop.via(ip("192.0.2.2"), P))
                                            .withTable(1000)
                                            .withProtocol(75)
                                            .withPriority(50)
                                            .withMtu(1400)
                                            .withAdvMss(1360)
                                            .withSource(ip("192.0.2.1")))),
                    same(
                            "ip route add 10.4.0.0/24 proto 75 nexthop via 192.0.2.2 dev p weight 1"
                                    + " nexthop via 192.0.2.3 dev p weight 5",
                            Routes.add(
                                    route(
                                                    "10.4.0.0/24",
                                                    NextHop.via(ip("192.0.2.2"), P),
                                                    new NextHop(
                                                            P, Optional.of(ip("192.0.2.3")), 5, 0))
                                            .withProtocol(75)),
                            MAIN),
                    same(
                            "ip route add 10.5.0.0/24 via inet6 2001:db8::2 dev p",
                            Routes.add(
                                    route("10.5.0.0/24", NextHop.via(ip("2001:db8::2"), P))
                                            .withProtocol(Route.RTPROT_BOOT)),
                            MAIN),
                    same(
                            "ip -6 route append 2001:db8:1::/48 via 2001:db8::2 dev p metric 10",
                            Routes.append(
                                    route("2001:db8:1::/48", NextHop.via(ip("2001:db8::2"), P))
                                            .withProtocol(Route.RTPROT_BOOT)
                                            .withPriority(10)),
                            MAIN),
                    same(
                            "ip route add blackhole 10.6.0.0/16 proto 75",
                            Routes.add(
                                    Route.of(RouteType.BLACKHOLE, IpPrefix.parse("10.6.0.0/16"))
                                            .withProtocol(75)),
                            MAIN),
                    same(
                            "ip route add 10.7.0.1 dev p scope link",
                            Routes.add(
                                    route("10.7.0.1/32", NextHop.link(P))
                                            .withProtocol(Route.RTPROT_BOOT)),
                            MAIN),
                    same(
                            "ip route replace default via 192.0.2.2",
                            Routes.replace(
                                    route("0.0.0.0/0", NextHop.via(ip("192.0.2.2"), 0))
                                            .withProtocol(Route.RTPROT_BOOT)),
                            MAIN),
                    same(
                            "ip route del 10.3.0.0/24 table 1000",
                            Routes.delete(
                                    Route.of(RouteType.UNSPECIFIED, IpPrefix.parse("10.3.0.0/24"))
                                            .withProtocol(Route.RTPROT_UNSPEC)
                                            .withTable(1000))),
                    same(
                            "ip rule add priority 100 from 10.1.0.0/16 to 10.2.0.0/24 iif p oif q"
                                    + " fwmark 0x4000/0xf000 lookup 1000 protocol 75"
                                    + " suppress_prefixlength 0",
                            Rules.add(
                                    new Rule(
                                            true,
                                            100,
                                            Optional.of(IpPrefix.parse("10.1.0.0/16")),
                                            Optional.of(IpPrefix.parse("10.2.0.0/24")),
                                            Optional.of("p"),
                                            Optional.of("q"),
                                            OptionalInt.of(0x4000),
                                            OptionalInt.of(0xf000),
                                            Rule.Action.LOOKUP,
                                            1000,
                                            75,
                                            OptionalInt.of(0),
                                            false))),
                    same(
                            "ip rule add not from 10.1.0.0/16 priority 101 lookup 200",
                            Rules.add(
                                    new Rule(
                                            true,
                                            101,
                                            Optional.of(IpPrefix.parse("10.1.0.0/16")),
                                            Optional.empty(),
                                            Optional.empty(),
                                            Optional.empty(),
                                            OptionalInt.empty(),
                                            OptionalInt.empty(),
                                            Rule.Action.LOOKUP,
                                            200,
                                            0,
                                            OptionalInt.empty(),
                                            true)),
                            "+15 c8000000"), // FRA_TABLE, as RTA_TABLE of routes
                    same(
                            "ip -6 rule add priority 102 to 2001:db8::/32 prohibit",
                            Rules.add(
                                    new Rule(
                                            false,
                                            102,
                                            Optional.empty(),
                                            Optional.of(IpPrefix.parse("2001:db8::/32")),
                                            Optional.empty(),
                                            Optional.empty(),
                                            OptionalInt.empty(),
                                            OptionalInt.empty(),
                                            Rule.Action.PROHIBIT,
                                            0,
                                            0,
                                            OptionalInt.empty(),
                                            false))),
                    same("ip netns set blue 5 # descriptor 6", NetnsIds.set(Fd.ownForever(6), 5)),
                    same(
                            "ip netns list-id # asks for descriptor 6",
                            NetnsIds.get(Fd.ownForever(6))));

    private RouteRequests() {}

    private static Route route(String destination, NextHop... hops) {
        return Route.to(IpPrefix.parse(destination), hops);
    }
}
