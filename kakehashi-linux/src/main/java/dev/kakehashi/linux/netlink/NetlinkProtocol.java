package dev.kakehashi.linux.netlink;

/** The netlink families in use (linux/netlink.h). */
public enum NetlinkProtocol {
    /** Links, addresses, routes, neighbours, rules, traffic control. */
    ROUTE(0),
    /** nf_tables, conntrack. */
    NETFILTER(12),
    /** Families that are found by name. */
    GENERIC(16);

    private final int number;

    NetlinkProtocol(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }
}
