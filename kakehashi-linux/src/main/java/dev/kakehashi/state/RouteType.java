package dev.kakehashi.state;

/** What a route does with a packet: {@code RTN_*}, linux/rtnetlink.h. */
public enum RouteType {
    UNICAST(1),
    LOCAL(2),
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
        return this == UNICAST || this == LOCAL;
    }
}
