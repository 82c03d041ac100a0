package dev.kakehashi.plugins.attachment;

import dev.kakehashi.cni.Cidr;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.result.CniIp;
import dev.kakehashi.cni.result.CniRoute;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.rtnetlink.Scope;
import dev.kakehashi.state.Address;
import dev.kakehashi.state.NextHop;
import dev.kakehashi.state.Relation;
import dev.kakehashi.state.Resource;
import dev.kakehashi.state.Route;
import dev.kakehashi.state.RouteBuilder;
import dev.kakehashi.state.Sysctl;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What an interface in a container gets from a result: addresses, routes, and the switches that
 * IPv6 addresses need. Pure.
 */
public final class ContainerSide {

    private ContainerSide() {}

    /** The prefix of an address, with host bits. */
    public static IpPrefix prefix(Cidr cidr) {
        return new IpPrefix(cidr.address(), cidr.prefixLength());
    }

    /** The first gateway of a family among addresses; empty when none names one. */
    public static Optional<InetAddress> gateway(List<CniIp> ips, boolean v4) {
        for (CniIp ip : ips) {
            if (ip.address().isIpv4() == v4 && ip.gateway().isPresent()) {
                return ip.gateway();
            }
        }
        return Optional.empty();
    }

    /** Whether some address is IPv6. */
    public static boolean hasIpv6(List<CniIp> ips) {
        for (CniIp ip : ips) {
            if (!ip.address().isIpv4()) {
                return true;
            }
        }
        return false;
    }

    /**
     * The switches without which an IPv6 address would not be taken, or would go when the link goes
     * down for a while; none without an IPv6 address.
     */
    public static List<Resource> ipv6Switches(String ifName, List<CniIp> ips) {
        if (!hasIpv6(ips)) {
            return List.of();
        }
        return List.of(
                enabled("lo").optional(),
                enabled(ifName),
                Sysctl.ipv6(ifName, "keep_addr_on_down", "1"));
    }

    private static Sysctl enabled(String device) {
        return new Sysctl(
                "net/ipv6/conf/" + Sysctl.DEVICE + "/disable_ipv6",
                Relation.SHARED,
                Optional.of(device),
                "0",
                true);
    }

    /** The addresses, with the length of their subnet. */
    public static List<Address> addresses(String ifName, List<CniIp> ips) {
        List<Address> addresses = new ArrayList<>(ips.size());
        for (CniIp ip : ips) {
            addresses.add(Address.of(ifName, prefix(ip.address())));
        }
        return addresses;
    }

    /**
     * The routes. One without a gateway of its own goes over that of an address of its family, or,
     * if there is none either, straight to the link (SPEC, "ADD Success", {@code routes}). They
     * stand beside what is there: two to one destination are both kept.
     *
     * @throws CniException code 7 for a route the kernel could not take
     */
    public static List<Route> routes(String ifName, List<CniIp> ips, List<CniRoute> routes)
            throws CniException {
        return routes(ifName, ips, routes, Set.of());
    }

    /**
     * The same where some gateways are taken to be on the link though no route says so.
     *
     * @param onLink their addresses, as prefixes of one address
     * @throws CniException code 7 for a route the kernel could not take
     */
    public static List<Route> routes(
            String ifName, List<CniIp> ips, List<CniRoute> routes, Set<IpPrefix> onLink)
            throws CniException {
        List<Route> made = new ArrayList<>(routes.size());
        for (CniRoute route : routes) {
            made.add(route(ifName, ips, route, onLink));
        }
        return made;
    }

    private static Route route(String ifName, List<CniIp> ips, CniRoute route, Set<IpPrefix> onLink)
            throws CniException {
        IpPrefix destination = prefix(route.destination());
        if (destination.isIpv4() && !destination.isNetwork()) {
            throw invalid(route, "the destination has host bits set");
        }
        Scope scope = scope(route);
        // What lies on the link itself is not behind a gateway.
        Optional<InetAddress> gateway =
                route.gateway().isPresent() || scope != Scope.GLOBAL
                        ? route.gateway()
                        : gateway(ips, destination.isIpv4());
        NextHop hop =
                gateway.isEmpty()
                        ? NextHop.dev(ifName)
                        : onLink.contains(IpPrefix.host(gateway.get()))
                                ? NextHop.onlink(gateway.get(), ifName)
                                : NextHop.via(gateway.get(), ifName);
        RouteBuilder builder =
                Route.to(destination.network(), hop)
                        .prepend()
                        .metric(route.priority())
                        .scope(scope);
        if (route.table().orElse(0) != 0) {
            builder.table(route.table().getAsInt());
        }
        if (route.mtu() != 0) {
            builder.mtu(route.mtu());
        }
        if (route.advmss() != 0) {
            builder.advMss(route.advmss());
        }
        return builder.build();
    }

    private static Scope scope(CniRoute route) throws CniException {
        int number = route.scope().orElse(0);
        Scope scope = Scope.of(number);
        if (scope.number() != number) {
            throw invalid(
                    route, "scope " + number + " is none of 0 (global), 253 (link), 254 (host)");
        }
        return scope;
    }

    private static CniException invalid(CniRoute route, String why) {
        return new CniException(
                CniException.INVALID_CONFIG, "route to " + route.destination() + ": " + why);
    }
}
