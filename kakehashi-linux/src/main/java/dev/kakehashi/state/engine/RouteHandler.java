package dev.kakehashi.state.engine;

import dev.kakehashi.linux.netlink.NetlinkRequest;
import dev.kakehashi.linux.rtnetlink.RouteType;
import dev.kakehashi.linux.rtnetlink.Routes;
import dev.kakehashi.linux.rtnetlink.Scope;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.NextHop;
import dev.kakehashi.state.Ownership;
import dev.kakehashi.state.Relation;
import dev.kakehashi.state.Route;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.Predicate;

/** Routes. */
final class RouteHandler extends NetlinkHandler<Route> {
    @Override
    Phase phase(Route route) {
        return Phase.ROUTE;
    }

    /**
     * With one of several links IPv6 drops its next hop only; IPv4 keeps it as dead for a while.
     */
    @Override
    boolean goesWith(Route route, Predicate<String> gone) {
        List<String> devices = route.devices();
        for (String device : devices) {
            if (!gone.test(device)) {
                return false;
            }
        }
        return !devices.isEmpty();
    }

    @Override
    boolean same(Route wanted, Route found) {
        return wanted.type() == found.type()
                && wanted.scope() == found.scope()
                && wanted.source().equals(found.source())
                && wanted.mtu().equals(found.mtu())
                && wanted.advMss().equals(found.advMss())
                && sameHops(wanted.nextHops(), found.nextHops());
    }

    /** Where routes compete: table, destination and metric. */
    static Route.Key place(Route route) {
        return new Route.Key(route.table(), route.destination(), route.metric(), List.of());
    }

    /** Where an observed route competes. */
    static Route.Key place(dev.kakehashi.linux.rtnetlink.Route route) {
        return new Route.Key(route.table(), route.destination(), route.priority(), List.of());
    }

    /** Beside others, only routes with the same next hops count. */
    @Override
    List<Observed> find(NamespaceId namespace, Route route, Scene scene) {
        List<Observed> there = scene.observed(namespace).objects(place(route));
        if (!route.prepend()) {
            return there;
        }
        List<Observed> same = new ArrayList<>(1);
        for (Observed object : there) {
            if (hasHops(route, (Route) object.resource())) {
                same.add(new Observed(withHopsOf(route, object), object.mark()));
            }
        }
        return same;
    }

    /** IPv6 shows routes beside each other as one with several next hops. */
    private static boolean hasHops(Route wanted, Route found) {
        for (NextHop hop : wanted.nextHops()) {
            if (found.nextHops().stream().noneMatch(other -> sameHop(hop, other))) {
                return false;
            }
        }
        return true;
    }

    private static Route withHopsOf(Route wanted, Observed object) {
        Route found = (Route) object.resource();
        return new Route(
                found.destination(),
                found.relation(),
                found.type(),
                wanted.nextHops(),
                found.table(),
                found.metric(),
                found.scope(),
                found.source(),
                found.mtu(),
                found.advMss(),
                true);
    }

    private static boolean sameHops(List<NextHop> wanted, List<NextHop> found) {
        if (wanted.size() != found.size()) {
            return false;
        }
        if (wanted.size() == 1) {
            return sameHop(wanted.getFirst(), found.getFirst());
        }
        // IPv6 does not keep the order of next hops.
        List<NextHop> rest = new ArrayList<>(found);
        for (NextHop hop : wanted) {
            if (!rest.removeIf(other -> hop.weight() == other.weight() && sameHop(hop, other))) {
                return false;
            }
        }
        return true;
    }

    private static boolean sameHop(NextHop wanted, NextHop found) {
        return wanted.via().equals(found.via())
                && wanted.onlink() == found.onlink()
                && (wanted.device().isEmpty() || wanted.device().equals(found.device()));
    }

    @Override
    List<String> createCommands(NamespaceId namespace, Route route, boolean replace) {
        String verb = route.prepend() ? "prepend" : replace ? "replace" : "add";
        return List.of(
                Commands.ip(namespace, route.isIpv4())
                        + " route "
                        + verb
                        + " "
                        + RouteText.of(route));
    }

    @Override
    List<String> removeCommands(NamespaceId namespace, Route route) {
        return List.of(
                Commands.ip(namespace, route.isIpv4()) + " route delete " + RouteText.of(route));
    }

    @Override
    NetlinkRequest create(NamespaceId namespace, Route route, boolean replace, Indexes indexes)
            throws IOException {
        var message = message(namespace, route, route.nextHops(), indexes);
        if (route.prepend()) {
            return Routes.prepend(message);
        }
        return replace ? Routes.replace(message) : Routes.add(message);
    }

    @Override
    NetlinkRequest remove(NamespaceId namespace, Route route, Indexes indexes) throws IOException {
        // Of several next hops some may have gone with their links: all that are left go.
        boolean all = route.nextHops().size() > 1 && !route.prepend();
        return Routes.delete(
                message(namespace, route, all ? List.of() : route.nextHops(), indexes));
    }

    @Override
    List<NetlinkRequest> change(NamespaceId namespace, Route route, Route before, Indexes indexes)
            throws IOException {
        NetlinkRequest create = create(namespace, route, true, indexes);
        return route.prepend()
                ? List.of(remove(namespace, before, indexes), create)
                : List.of(create);
    }

    private static dev.kakehashi.linux.rtnetlink.Route message(
            NamespaceId namespace, Route route, List<NextHop> nextHops, Indexes indexes)
            throws IOException {
        List<dev.kakehashi.linux.rtnetlink.NextHop> hops = new ArrayList<>(1);
        for (NextHop hop : nextHops) {
            int link = hop.device().isPresent() ? indexes.of(namespace, hop.device().get()) : 0;
            int flags = hop.onlink() ? dev.kakehashi.linux.rtnetlink.NextHop.RTNH_F_ONLINK : 0;
            hops.add(
                    new dev.kakehashi.linux.rtnetlink.NextHop(
                            link, hop.via(), hop.weight(), flags));
        }
        return new dev.kakehashi.linux.rtnetlink.Route(
                route.destination(),
                route.type(),
                hops,
                route.table(),
                route.metric(),
                Optional.of(route.scope()),
                Ownership.PROTOCOL,
                route.source(),
                route.mtu(),
                route.advMss(),
                0);
    }

    /** A route as the kernel shows it, in the terms of the desired state. */
    static Observed observed(
            dev.kakehashi.linux.rtnetlink.Route found, IntFunction<Optional<String>> names) {
        List<NextHop> hops = new ArrayList<>(1);
        for (dev.kakehashi.linux.rtnetlink.NextHop hop : found.nextHops()) {
            Optional<String> device = names.apply(hop.link());
            if (found.type().forwards() && (device.isPresent() || hop.gateway().isPresent())) {
                hops.add(new NextHop(hop.gateway(), device, hop.weight(), hop.isOnlink()));
            }
        }
        RouteType type = hops.isEmpty() && found.type().forwards() ? RouteType.THROW : found.type();
        Route route =
                new Route(
                        found.destination(),
                        Relation.OWNED,
                        type,
                        hops,
                        found.table(),
                        found.priority(),
                        found.scope().orElse(Scope.GLOBAL),
                        found.source(),
                        found.mtu(),
                        found.advMss(),
                        false);
        return new Observed(
                route, found.protocol() == Ownership.PROTOCOL ? Mark.OURS : Mark.FOREIGN);
    }
}
