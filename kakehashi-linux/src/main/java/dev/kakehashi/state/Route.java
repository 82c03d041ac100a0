package dev.kakehashi.state;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.IpPrefix;
import dev.kakehashi.linux.rtnetlink.RouteType;
import dev.kakehashi.linux.rtnetlink.Scope;

import org.jspecify.annotations.Nullable;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A route, marked with our routing protocol number. Equivalent to: {@code ip route replace
 * DESTINATION … proto 75}.
 *
 * @param destination the network; host bits must be zero
 * @param relation owned, or shared: created if missing and never removed
 * @param type what happens to the packet
 * @param nextHops one, or several for multipath; none for types that do not forward
 * @param table routing table, 254 is main
 * @param metric priority, lower wins; 0 for IPv4's default, IPv6 then takes 1024
 * @param scope how far the destination is; always global for IPv6
 * @param source preferred source address of locally made packets
 * @param mtu path MTU in bytes
 * @param advMss TCP maximum segment size to announce, bytes
 * @param prepend stands beside others to the same destination and metric, before them, instead of
 *     replacing them, as {@code ip route prepend}
 */
public record Route(
        IpPrefix destination,
        Relation relation,
        RouteType type,
        List<NextHop> nextHops,
        int table,
        int metric,
        Scope scope,
        Optional<InetAddress> source,
        OptionalInt mtu,
        OptionalInt advMss,
        boolean prepend)
        implements Resource {

    /** The main routing table. */
    public static final int MAIN = 254;

    /** The metric the kernel gives to IPv6 routes without one (IP6_RT_PRIO_USER). */
    static final int DEFAULT_METRIC_V6 = 1024;

    /**
     * A route is known by its table, destination and metric; one that stands beside others also by
     * its next hops.
     */
    public record Key(int table, IpPrefix destination, int metric, List<NextHop> beside)
            implements ResourceKey {
        // Written out: see NetnsId.equals.
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Key key
                    && table == key.table
                    && metric == key.metric
                    && destination.equals(key.destination)
                    && beside.equals(key.beside);
        }

        @Override
        public int hashCode() {
            return 31 * (31 * destination.hashCode() + metric) + table;
        }

        @Override
        public String toString() {
            StringBuilder text = new StringBuilder("route ").append(destination);
            if (table != MAIN) {
                text.append(" table ").append(table);
            }
            if (metric != 0) {
                text.append(" metric ").append(metric);
            }
            for (NextHop hop : beside) {
                hop.via().ifPresent(via -> text.append(" via ").append(IpAddresses.format(via)));
                hop.device().ifPresent(device -> text.append(" dev ").append(device));
            }
            return text.toString();
        }
    }

    public Route {
        nextHops = List.copyOf(nextHops);
        boolean v4 = destination.address() instanceof Inet4Address;
        if (!v4 && metric == 0) {
            metric = DEFAULT_METRIC_V6;
        }
        if (!v4) {
            scope = Scope.GLOBAL;
        }
        if (type.forwards() == nextHops.isEmpty()) {
            throw new IllegalArgumentException(
                    "route "
                            + destination
                            + ": "
                            + type
                            + " with "
                            + nextHops.size()
                            + " next hops");
        }
        if (!destination.equals(destination.network())) {
            throw new IllegalArgumentException(
                    "route " + destination + ": the destination has host bits set");
        }
    }

    /** Builds another one that begins as this one is. */
    public RouteBuilder toBuilder() {
        return new RouteBuilder(this);
    }

    // Written out: see NetnsId.equals.
    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || (other instanceof Route route
                        && destination.equals(route.destination)
                        && relation == route.relation
                        && type == route.type
                        && nextHops.equals(route.nextHops)
                        && table == route.table
                        && metric == route.metric
                        && scope == route.scope
                        && source.equals(route.source)
                        && mtu.equals(route.mtu)
                        && advMss.equals(route.advMss)
                        && prepend == route.prepend);
    }

    @Override
    public int hashCode() {
        return 31 * destination.hashCode() + metric;
    }

    @Override
    public List<String> devices() {
        List<String> devices = new ArrayList<>(1);
        for (NextHop hop : nextHops) {
            hop.device().ifPresent(devices::add);
        }
        return devices;
    }

    @Override
    public Key key() {
        return new Key(table, destination, metric, prepend ? nextHops : List.of());
    }

    /** Whether the route is an IPv4 one. */
    public boolean isIpv4() {
        return destination.address() instanceof Inet4Address;
    }

    /** An owned route to a network by one next hop. */
    public static RouteBuilder to(IpPrefix destination, NextHop hop) {
        return new RouteBuilder(destination, RouteType.UNICAST, List.of(hop));
    }

    /** An owned route to a network by several next hops. */
    public static RouteBuilder to(IpPrefix destination, List<NextHop> hops) {
        return new RouteBuilder(destination, RouteType.UNICAST, hops);
    }

    /** An owned route that does not forward, for example a blackhole. */
    public static RouteBuilder of(RouteType type, IpPrefix destination) {
        return new RouteBuilder(destination, type, List.of());
    }
}
