package dev.kakehashi.state.engine;

import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.NextHop;
import dev.kakehashi.state.Route;

import java.util.ArrayList;
import java.util.List;

/** Routes. */
final class RouteHandler extends Handler<Route> {
    @Override
    Phase phase(Route route) {
        return Phase.ROUTE;
    }

    @Override
    List<String> devices(Route route) {
        List<String> devices = new ArrayList<>(1);
        for (NextHop hop : route.nextHops()) {
            hop.device().ifPresent(devices::add);
        }
        return devices;
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
}
