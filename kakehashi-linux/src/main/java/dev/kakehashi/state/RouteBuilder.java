package dev.kakehashi.state;

import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.rtnetlink.RouteType;
import dev.kakehashi.linux.rtnetlink.Scope;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Builds a {@link Route}. */
public final class RouteBuilder {
    private final IpPrefix destination;
    private final RouteType type;
    private final List<NextHop> nextHops;
    private Relation relation = Relation.OWNED;
    private int table = Route.MAIN;
    private int metric;
    private Scope scope;
    private Optional<InetAddress> source = Optional.empty();
    private OptionalInt mtu = OptionalInt.empty();
    private OptionalInt advMss = OptionalInt.empty();
    private boolean prepend;

    RouteBuilder(IpPrefix destination, RouteType type, List<NextHop> nextHops) {
        this.destination = destination;
        this.type = type;
        this.nextHops = nextHops;
        this.scope = defaultScope();
    }

    RouteBuilder(Route route) {
        this.destination = route.destination();
        this.type = route.type();
        this.nextHops = route.nextHops();
        this.relation = route.relation();
        this.table = route.table();
        this.metric = route.metric();
        this.scope = route.scope();
        this.source = route.source();
        this.mtu = route.mtu();
        this.advMss = route.advMss();
        this.prepend = route.prepend();
    }

    /** As ip-route(8): host for local routes, link for unicast ones without gateway. */
    private Scope defaultScope() {
        if (type == RouteType.LOCAL) {
            return Scope.HOST;
        }
        boolean direct =
                type == RouteType.UNICAST && nextHops.stream().allMatch(hop -> hop.via().isEmpty());
        return direct ? Scope.LINK : Scope.GLOBAL;
    }

    /** Created if missing, never removed. */
    public RouteBuilder shared() {
        relation = Relation.SHARED;
        return this;
    }

    /** Routing table; 254, main, if not called. */
    public RouteBuilder table(int value) {
        table = value;
        return this;
    }

    /** Priority, lower wins. */
    public RouteBuilder metric(int value) {
        metric = value;
        return this;
    }

    /** How far the destination is; by default as ip-route(8) chooses. */
    public RouteBuilder scope(Scope value) {
        scope = value;
        return this;
    }

    /** Preferred source address. */
    public RouteBuilder source(InetAddress value) {
        source = Optional.of(value);
        return this;
    }

    /** Path MTU in bytes. */
    public RouteBuilder mtu(int value) {
        mtu = OptionalInt.of(value);
        return this;
    }

    /** TCP maximum segment size to announce, in bytes. */
    public RouteBuilder advMss(int value) {
        advMss = OptionalInt.of(value);
        return this;
    }

    /** Stands beside others to the same destination. Equivalent to: {@code ip route prepend}. */
    public RouteBuilder prepend() {
        prepend = true;
        return this;
    }

    /**
     * The route.
     *
     * @throws IllegalArgumentException if the parts do not fit together
     */
    public Route build() {
        return new Route(
                destination,
                relation,
                type,
                nextHops,
                table,
                metric,
                scope,
                source,
                mtu,
                advMss,
                prepend);
    }
}
