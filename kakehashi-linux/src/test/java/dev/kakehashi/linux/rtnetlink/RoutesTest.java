package dev.kakehashi.linux.rtnetlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.linux.Errno;
import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.netlink.NetlinkException;
import dev.kakehashi.testing.KernelTest;
import dev.kakehashi.testing.TestNamespaces;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Addresses, routes, rules and neighbours on a real kernel. */
@KernelTest
class RoutesTest {
    private static final int PROTOCOL = 75;

    @SuppressWarnings("NullAway.Init")
    private RtNetlink rt;

    private int a;
    private int b;

    @BeforeEach
    void makeLinks(TestNamespaces namespaces) throws Exception {
        rt = RtNetlink.open(namespaces.create());
        rt.execute(
                Links.create(
                        LinkSpec.builder("a", Veth.withPeer(LinkSpec.builder().name("b").build()))
                                .up(true)
                                .build()),
                Links.change("b", LinkSpec.builder().up(true).build()));
        a = rt.link("a").orElseThrow().index();
        b = rt.link("b").orElseThrow().index();
    }

    @AfterEach
    void close() {
        rt.close();
    }

    @Test
    void addresses_withMarkBroadcastAndFlags_areSeenAgain() throws Exception {
        Address v4 =
                Address.of(a, IpPrefix.parse("10.1.2.3/24"))
                        .withNetworkBroadcast()
                        .withProtocol(PROTOCOL)
                        .withFlags(Address.IFA_F_NOPREFIXROUTE);
        Address v6 =
                Address.of(a, IpPrefix.parse("2001:db8::3/64"))
                        .withProtocol(PROTOCOL)
                        .withFlags(Address.IFA_F_NODAD);
        Address point = Address.of(b, IpPrefix.parse("10.9.0.1/32")).withPeer(ip("10.9.0.2"));
        rt.execute(Addresses.add(v4), Addresses.add(v6), Addresses.add(point));

        Address seen4 = find(v4.prefix());
        assertThat(seen4.broadcast()).contains(ip("10.1.2.255"));
        assertThat(seen4.protocol()).isEqualTo(PROTOCOL);
        assertThat(seen4.flags() & Address.IFA_F_NOPREFIXROUTE).isNotZero();
        assertThat(seen4.label()).isEqualTo("a");
        assertThat(seen4.validLifetime()).isEqualTo(Address.FOREVER);
        Address seen6 = find(v6.prefix());
        assertThat(seen6.protocol()).isEqualTo(PROTOCOL);
        assertThat(seen6.isTentative()).isFalse();
        assertThat(seen6.peer()).isEmpty();
        assertThat(find(point.prefix()).peer()).contains(ip("10.9.0.2"));
        assertThat(rt.addresses(b)).extracting(Address::prefix).contains(point.prefix());

        assertThatThrownBy(() -> rt.execute(Addresses.add(v4)))
                .hasMessageContaining("ip address add 10.1.2.3/24")
                .hasMessageContaining("EEXIST");
        rt.execute(Addresses.replace(v4), Addresses.delete(v4), Addresses.delete(point));
        assertThat(rt.addresses()).extracting(Address::prefix).doesNotContain(v4.prefix());
        assertThatThrownBy(() -> rt.execute(Addresses.delete(v4)))
                .isInstanceOfSatisfying(
                        NetlinkException.class,
                        e -> assertThat(e.is(Errno.EADDRNOTAVAIL)).isTrue());
        assertThat(rt.addresses(99999)).isEmpty();
    }

    @Test
    void routes_ofEveryShape_areSeenAsTheyWereMade() throws Exception {
        rt.execute(
                Addresses.add(Address.of(a, IpPrefix.parse("10.1.2.3/24"))),
                Addresses.add(
                        Address.of(a, IpPrefix.parse("2001:db8::3/64"))
                                .withFlags(Address.IFA_F_NODAD)));
        Route plain = Route.to(IpPrefix.parse("10.20.0.0/16"), NextHop.via(ip("10.1.2.1"), a));
        Route onlink =
                Route.to(IpPrefix.parse("10.21.0.0/16"), NextHop.onlink(ip("192.0.2.1"), a))
                        .withMtu(1400)
                        .withAdvMss(1200)
                        .withSource(ip("10.1.2.3"))
                        .withPriority(7);
        Route direct = Route.to(IpPrefix.parse("10.22.0.5/32"), NextHop.link(b)).withTable(1000);
        Route multipath =
                Route.to(
                        IpPrefix.parse("10.23.0.0/16"),
                        new NextHop(a, Optional.of(ip("10.1.2.1")), 3, 0),
                        NextHop.via(ip("10.1.2.2"), a));
        Route blackhole = Route.of(RouteType.BLACKHOLE, IpPrefix.parse("10.24.0.0/16"));
        Route v6 =
                Route.to(IpPrefix.parse("2001:db8:1::/48"), NextHop.via(ip("2001:db8::1"), a))
                        .withPriority(5);
        Route v6multipath =
                Route.to(
                        IpPrefix.parse("2001:db8:2::/48"),
                        NextHop.via(ip("2001:db8::1"), a),
                        NextHop.via(ip("2001:db8::2"), a));
        Route via6 = Route.to(IpPrefix.parse("10.25.0.0/16"), NextHop.via(ip("2001:db8::1"), a));
        Route defaultRoute = Route.to(IpPrefix.parse("0.0.0.0/0"), NextHop.via(ip("10.1.2.1"), a));
        List<Route> all =
                List.of(
                                plain,
                                onlink,
                                direct,
                                multipath,
                                blackhole,
                                v6,
                                v6multipath,
                                via6,
                                defaultRoute)
                        .stream()
                        .map(r -> r.withProtocol(PROTOCOL))
                        .toList();
        rt.execute(all.stream().map(Routes::add).toList());

        for (Route wanted : all) {
            Route seen =
                    rt.routes().stream()
                            .filter(r ->
                                    r.protocol() == PROTOCOL
                                            && r.destination().equals(wanted.destination()))
                            .findFirst()
                            .orElseThrow(() -> new AssertionError("missing: " + wanted));
            assertThat(seen.table()).isEqualTo(wanted.table());
            assertThat(seen.type()).isEqualTo(wanted.type());
            assertThat(seen.mtu()).isEqualTo(wanted.mtu());
            assertThat(seen.advMss()).isEqualTo(wanted.advMss());
            assertThat(seen.source()).isEqualTo(wanted.source());
            assertThat(seen.priority())
                    .isEqualTo(
                            wanted.destination().isIpv4() || wanted.priority() != 0
                                    ? wanted.priority()
                                    : 1024);
            assertThat(seen.nextHops()).isEqualTo(wanted.nextHops());
        }
        assertThat(rt.routes(1000))
                .hasSize(1)
                .first()
                .extracting(r -> r.scope().orElseThrow())
                .isEqualTo(Scope.LINK);
        assertThat(rt.routes(1001)).isEmpty();
        assertThat(rt.lookup(ip("10.20.1.1")).nextHops())
                .containsExactly(NextHop.via(ip("10.1.2.1"), a));
        assertThat(rt.lookup(ip("2001:db8:1::9")).nextHops())
                .containsExactly(NextHop.via(ip("2001:db8::1"), a));
        assertThatThrownBy(() -> rt.execute(Routes.add(all.get(0)))).hasMessageContaining("EEXIST");

        rt.execute(all.stream().map(Routes::delete).toList());
        assertThat(rt.routes()).noneMatch(r -> r.protocol() == PROTOCOL);
        assertThatThrownBy(() -> rt.execute(Routes.delete(plain)))
                .isInstanceOfSatisfying(
                        NetlinkException.class, e -> assertThat(e.is(Errno.ESRCH)).isTrue());
    }

    @Test
    void replace_putsTheNewRouteInPlaceOfTheOld() throws Exception {
        rt.execute(Addresses.add(Address.of(a, IpPrefix.parse("10.1.2.3/24"))));
        IpPrefix to = IpPrefix.parse("10.20.0.0/16");
        rt.execute(
                Routes.add(Route.to(to, NextHop.via(ip("10.1.2.1"), a))),
                Routes.replace(Route.to(to, NextHop.via(ip("10.1.2.9"), a))));
        assertThat(rt.routes().stream().filter(r -> r.destination().equals(to)).toList())
                .singleElement()
                .extracting(Route::nextHops)
                .isEqualTo(List.of(NextHop.via(ip("10.1.2.9"), a)));
    }

    @Test
    void rules_ofBothFamilies_areSeenAndRemoved() throws Exception {
        Rule v4 =
                new Rule(
                        true,
                        1000,
                        Optional.of(IpPrefix.parse("10.1.0.0/16")),
                        Optional.of(IpPrefix.parse("10.2.0.0/16")),
                        Optional.of("a"),
                        Optional.empty(),
                        OptionalInt.of(0x10),
                        OptionalInt.of(0xf0),
                        Rule.Action.LOOKUP,
                        5000,
                        PROTOCOL,
                        OptionalInt.of(0),
                        true);
        Rule v6 = Rule.lookup(false, 2000, 254).withProtocol(PROTOCOL);
        Rule drop =
                new Rule(
                        true,
                        3000,
                        Optional.empty(),
                        Optional.of(IpPrefix.parse("10.3.0.0/16")),
                        Optional.empty(),
                        Optional.empty(),
                        OptionalInt.empty(),
                        OptionalInt.empty(),
                        Rule.Action.PROHIBIT,
                        0,
                        PROTOCOL,
                        OptionalInt.empty(),
                        false);
        rt.execute(Rules.add(v4), Rules.add(v6), Rules.add(drop));
        assertThat(rt.rules().stream().filter(r -> r.protocol() == PROTOCOL).toList())
                .containsExactlyInAnyOrder(v4, v6, drop);
        assertThatThrownBy(() -> rt.execute(Rules.add(v4))).hasMessageContaining("EEXIST");
        rt.execute(Rules.delete(v4), Rules.delete(v6), Rules.delete(drop));
        assertThat(rt.rules()).noneMatch(r -> r.protocol() == PROTOCOL);
        assertThatThrownBy(() -> rt.execute(Rules.delete(v4)))
                .hasMessageContaining("ip rule delete priority 1000 not from 10.1.0.0/16")
                .hasMessageContaining("ENOENT");
    }

    @Test
    void neighbours_permanentAndProxy_areSeenAndRemoved() throws Exception {
        MacAddress mac = MacAddress.parse("02:00:00:00:00:aa");
        Neighbour v4 = Neighbour.permanent(a, ip("169.254.1.1"), mac).withProtocol(PROTOCOL);
        Neighbour v6 = Neighbour.permanent(a, ip("fe80::1"), mac).withProtocol(PROTOCOL);
        Neighbour proxy = Neighbour.proxy(a, ip("169.254.1.2")).withProtocol(PROTOCOL);
        rt.execute(Neighbours.add(v4), Neighbours.replace(v6), Neighbours.add(proxy));
        List<Neighbour> seen =
                rt.neighbours().stream().filter(n -> n.protocol() == PROTOCOL).toList();
        assertThat(seen).extracting(Neighbour::address).contains(v4.address(), v6.address());
        assertThat(seen).contains(v4);
        assertThat(rt.neighbours())
                .anyMatch(n -> n.isProxy() && n.address().equals(proxy.address()));
        rt.execute(Neighbours.delete(v4), Neighbours.delete(v6), Neighbours.delete(proxy));
        assertThat(rt.neighbours())
                .noneMatch(n -> n.protocol() == PROTOCOL && n.isPermanent())
                .noneMatch(Neighbour::isProxy);
    }

    private Address find(IpPrefix prefix) throws Exception {
        return rt.addresses().stream()
                .filter(address -> address.prefix().equals(prefix))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no address " + prefix));
    }

    private static InetAddress ip(String text) {
        return IpAddresses.parse(text);
    }
}
