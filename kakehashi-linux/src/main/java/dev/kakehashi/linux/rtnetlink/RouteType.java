package dev.kakehashi.linux.rtnetlink;

import java.util.Locale;

/** What a route does with a packet ({@code RTN_*} of linux/rtnetlink.h, in its order). */
public enum RouteType {
    UNSPECIFIED(0),
    UNICAST(1),
    LOCAL(2),
    BROADCAST(3),
    ANYCAST(4),
    MULTICAST(5),
    BLACKHOLE(6),
    UNREACHABLE(7),
    PROHIBIT(8),
    THROW(9);

    private final int number;

    RouteType(int number) {
        this.number = number;
    }

    /** The kernel's number. */
    public int number() {
        return number;
    }

    /** Whether packets go to a next hop. */
    public boolean forwards() {
        return number < BLACKHOLE.number;
    }

    static RouteType of(int number) {
        return number >= 0 && number < values().length ? values()[number] : UNSPECIFIED;
    }

    /** As ip-route(8) writes it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
