package dev.kakehashi.state.engine;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.rtnetlink.Scope;
import dev.kakehashi.state.Address;
import dev.kakehashi.state.Link;
import dev.kakehashi.state.LinkOrigin;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.Neighbour;
import dev.kakehashi.state.NextHop;
import dev.kakehashi.state.Route;
import dev.kakehashi.state.RouteBuilder;
import dev.kakehashi.state.Sysctl;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/** What hangs on one link: addresses, neighbours, routes and switches, in both families. */
final class GeneratedTraffic {
    private final GeneratedState state;
    private final NamespaceId namespace;
    private final Link link;
    private final int number;
    private final Draw draw;
    private final List<InetAddress> sources = new ArrayList<>();
    private final List<InetAddress> gateways = new ArrayList<>();

    GeneratedTraffic(
            GeneratedState state, NamespaceId namespace, Link link, int number, Draw draw) {
        this.state = state;
        this.namespace = namespace;
        this.link = link;
        this.number = number;
        this.draw = draw;
    }

    void add() {
        sysctls();
        boolean port = link.master().isPresent();
        if (!port) {
            addresses(true);
            addresses(false);
        }
        if (link.settings().wantsUp()) {
            neighbours();
            for (int i = 0; i < 3; i++) {
                route(i, true);
                route(i, false);
            }
            for (InetAddress gateway : gateways) {
                state.offerGateway(namespace, NextHop.via(gateway, link.name()));
            }
        }
    }

    private void sysctls() {
        if (link.origin() instanceof LinkOrigin.Moved) {
            return; // what the link was told stays with it when it goes back
        }
        if (draw.chance(40)) {
            state.add(namespace, Sysctl.ipv4(link.name(), "rp_filter", draw.of("0", "1", "2")));
        }
        if (draw.chance(30)) {
            state.add(namespace, Sysctl.ipv4(link.name(), "arp_notify", draw.of("0", "1")));
        }
        if (draw.chance(40)) {
            state.add(namespace, Sysctl.ipv6(link.name(), "accept_ra", draw.of("0", "1", "2")));
        }
        if (draw.chance(30)) {
            state.add(namespace, Sysctl.ipv6(link.name(), "accept_dad", "0"));
        }
        if (draw.chance(20)) {
            state.add(namespace, Sysctl.ipv6(link.name(), "no_such_switch", "0").optional());
        }
    }

    private String network(boolean ipv4, int j) {
        return ipv4 ? "10." + number + "." + j + "." : "fd00:" + number + ":" + j + "::";
    }

    private void addresses(boolean ipv4) {
        for (int j = draw.below(3); j > 0; j--) {
            String net = network(ipv4, j);
            Address address =
                    Address.of(link.name(), IpPrefix.parse(net + (ipv4 ? "1/24" : "1/64")));
            boolean connected = true;
            switch (draw.below(6)) {
                case 0 -> {
                    address = address.withoutPrefixRoute();
                    connected = false;
                }
                case 1 -> {
                    if (ipv4) {
                        address = address.withScope(Scope.LINK);
                    }
                }
                case 2 -> {
                    IpPrefix host = IpPrefix.parse(net + (ipv4 ? "1/32" : "1/128"));
                    address = Address.of(link.name(), host).withPeer(IpAddresses.parse(net + "2"));
                    connected = false;
                }
                default -> {}
            }
            if (!ipv4) {
                address = address.withoutDad();
            }
            state.add(namespace, address);
            if (address.scope() == Scope.GLOBAL) {
                sources.add(address.prefix().address());
            }
            if (connected) {
                gateways.add(IpAddresses.parse(net + (ipv4 ? "254" : "fe")));
            }
        }
    }

    private void neighbours() {
        for (int i = draw.below(3); i > 0; i--) {
            InetAddress address = IpAddresses.parse(network(draw.coin(), 1) + (100 + i));
            state.add(
                    namespace,
                    draw.chance(75)
                            ? Neighbour.permanent(link.name(), address, draw.mac())
                            : Neighbour.proxy(link.name(), address));
        }
    }

    private void route(int i, boolean ipv4) {
        if (!draw.chance(40)) {
            return;
        }
        IpPrefix to =
                IpPrefix.parse(
                        ipv4
                                ? "10." + (100 + number) + "." + i + ".0/24"
                                : "fd01:" + number + ":" + i + "::/64");
        List<InetAddress> mine = family(gateways, ipv4);
        NextHop hop =
                switch (draw.below(3)) {
                    case 0 -> NextHop.dev(link.name());
                    case 1 ->
                            NextHop.onlink(
                                    IpAddresses.parse(ipv4 ? "172.16.0.9" : "fd99::9"),
                                    link.name());
                    default ->
                            mine.isEmpty()
                                    ? NextHop.dev(link.name())
                                    : NextHop.via(draw.of(mine), link.name());
                };
        state.add(namespace, attributes(Route.to(to, hop), ipv4).build());
    }

    private RouteBuilder attributes(RouteBuilder route, boolean ipv4) {
        if (draw.chance(30)) {
            route.table(draw.of(100, 101, 1000));
        }
        if (draw.chance(30)) {
            route.metric(draw.of(10, 500));
        }
        if (draw.chance(20)) {
            route.mtu(1300);
        }
        if (draw.chance(20)) {
            route.advMss(1200);
        }
        List<InetAddress> mine = family(sources, ipv4);
        if (!mine.isEmpty() && draw.chance(30)) {
            route.source(draw.of(mine));
        }
        return route;
    }

    private static List<InetAddress> family(List<InetAddress> addresses, boolean ipv4) {
        return addresses.stream().filter(a -> a instanceof java.net.Inet4Address == ipv4).toList();
    }
}
