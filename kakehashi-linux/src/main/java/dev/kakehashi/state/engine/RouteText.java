package dev.kakehashi.state.engine;

import dev.kakehashi.linux.rtnetlink.RouteType;
import dev.kakehashi.linux.rtnetlink.Scope;
import dev.kakehashi.state.NextHop;
import dev.kakehashi.state.Ownership;
import dev.kakehashi.state.Route;

import java.net.Inet4Address;
import java.util.Locale;

/** Routes in the words of ip-route(8). */
final class RouteText {
    private RouteText() {}

    static String scope(Scope scope) {
        return scope.name().toLowerCase(Locale.ROOT);
    }

    static String of(Route route) {
        StringBuilder text = new StringBuilder();
        if (route.type() != RouteType.UNICAST) {
            text.append(route.type().name().toLowerCase(Locale.ROOT)).append(' ');
        }
        text.append(Commands.destination(route.destination()));
        if (route.nextHops().size() == 1) {
            hop(text, route, route.nextHops().getFirst());
        }
        if (route.table() != Route.MAIN) {
            text.append(" table ").append(route.table());
        }
        if (route.metric() != 0 && (route.isIpv4() || route.metric() != 1024)) {
            text.append(" metric ").append(route.metric());
        }
        if (route.scope() != Scope.GLOBAL) {
            text.append(" scope ").append(scope(route.scope()));
        }
        route.source().ifPresent(source -> text.append(" src ").append(Commands.text(source)));
        route.mtu().ifPresent(mtu -> text.append(" mtu ").append(mtu));
        route.advMss().ifPresent(mss -> text.append(" advmss ").append(mss));
        text.append(" proto ").append(Ownership.PROTOCOL);
        if (route.nextHops().size() > 1) {
            for (NextHop next : route.nextHops()) {
                text.append(" nexthop");
                hop(text, route, next);
                text.append(" weight ").append(next.weight());
            }
        }
        return text.toString();
    }

    private static void hop(StringBuilder text, Route route, NextHop hop) {
        hop.via()
                .ifPresent(via -> {
                    boolean otherFamily = route.isIpv4() != via instanceof Inet4Address;
                    text.append(otherFamily ? " via inet6 " : " via ").append(Commands.text(via));
                });
        hop.device().ifPresent(device -> text.append(" dev ").append(device));
        text.append(hop.onlink() ? " onlink" : "");
    }
}
