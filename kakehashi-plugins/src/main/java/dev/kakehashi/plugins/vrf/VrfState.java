package dev.kakehashi.plugins.vrf;

import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.rtnetlink.Address;
import dev.kakehashi.linux.rtnetlink.Route;
import dev.kakehashi.linux.rtnetlink.RouteType;
import dev.kakehashi.linux.rtnetlink.Scope;
import dev.kakehashi.linux.rtnetlink.Vrf;
import dev.kakehashi.state.DesiredState;
import dev.kakehashi.state.Link;
import dev.kakehashi.state.NextHop;
import dev.kakehashi.state.RouteBuilder;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What {@code vrf} wants of a container. Pure. */
final class VrfState {

    private static final IpPrefix LINK_LOCAL = IpPrefix.parse("fe80::/10");

    private VrfState() {}

    /** The VRF, which other interfaces may be in already, and the interface in it. */
    static DesiredState membership(String vrf, int table, String ifName) {
        return DesiredState.builder()
                .container(
                        Link.share(vrf, new Vrf(table)).up(true).build(),
                        Link.existing(ifName).master(vrf).build())
                .build();
    }

    /**
     * The routes of an interface that the kernel does not make by itself in the VRF's table, and
     * drops when the interface changes its routing domain: those to other networks.
     *
     * @param index of the interface
     */
    static List<Route> toMove(List<Route> routes, int index) {
        List<Route> moved = new ArrayList<>();
        for (Route route : routes) {
            boolean ofLink =
                    route.nextHops().stream().anyMatch(hop -> hop.link() == index)
                            && route.table() == Route.MAIN;
            boolean connected =
                    route.protocol() == Route.RTPROT_KERNEL
                            || LINK_LOCAL.contains(route.destination().address());
            if (ofLink && !connected && route.type() == RouteType.UNICAST) {
                moved.add(route);
            }
        }
        return moved;
    }

    /** Such routes in another table, several next hops included; direct ones first. */
    static DesiredState routes(List<Route> routes, int index, String ifName, int table) {
        Map<dev.kakehashi.state.Route.Key, dev.kakehashi.state.Route> copies =
                new LinkedHashMap<>();
        for (boolean direct : new boolean[] {true, false}) {
            for (Route route : routes) {
                if (route.nextHops().getFirst().gateway().isEmpty() == direct) {
                    dev.kakehashi.state.Route copy = copy(route, index, ifName, table);
                    copies.put(copy.key(), copy);
                }
            }
        }
        DesiredState.Builder state = DesiredState.builder();
        copies.values().forEach(state::container);
        return state.build();
    }

    private static dev.kakehashi.state.Route copy(
            Route route, int index, String ifName, int table) {
        List<NextHop> hops = new ArrayList<>(1);
        for (var hop : route.nextHops()) {
            if (hop.link() == index) {
                hops.add(
                        new NextHop(
                                hop.gateway(), Optional.of(ifName), hop.weight(), hop.isOnlink()));
            }
        }
        RouteBuilder copy =
                dev.kakehashi.state.Route.to(route.destination(), hops)
                        .table(table)
                        .metric(route.priority());
        route.scope().ifPresent(copy::scope);
        route.source().ifPresent(copy::source);
        route.mtu().ifPresent(copy::mtu);
        route.advMss().ifPresent(copy::advMss);
        return copy.build();
    }

    /** The global IPv6 addresses: the kernel drops them with the change, unless told otherwise. */
    static List<Address> globalIpv6(List<Address> addresses) {
        List<Address> global = new ArrayList<>();
        for (Address address : addresses) {
            if (!address.prefix().isIpv4()
                    && !LINK_LOCAL.contains(address.prefix().address())
                    && address.scope() == Scope.GLOBAL) {
                global.add(address);
            }
        }
        return global;
    }
}
