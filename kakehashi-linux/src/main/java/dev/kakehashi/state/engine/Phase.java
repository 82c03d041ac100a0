package dev.kakehashi.state.engine;

/**
 * The order of steps that make things: each phase needs those before it. Removal goes the other
 * way.
 */
enum Phase {
    /**
     * Switches of links of others, which stand already: those of the namespace, which the kernel
     * passes on to all its links, may heed them.
     */
    SHARED_LINK_SYSCTL,
    /** Switches of a whole namespace. */
    NAMESPACE_SYSCTL,
    /** Links, lower before upper, bridges before ports. */
    LINK,
    /** Switches of a link: many count only if set before it goes up. */
    LINK_SYSCTL,
    /** Before links go up, so that they listen where they should from the beginning. */
    TUNNEL,
    /** Removal of what the next phase may take along. */
    DOOMED,
    /** Before links go up, so that addresses are announced then (arp_notify). */
    ADDRESS,
    LINK_UP,
    QDISC,
    FILTER,
    /** Before forwarding entries and routes: the kernel would ask for them on the overlay. */
    NEIGHBOUR,
    FDB,
    ROUTE,
    RULE,
    NFT
}
