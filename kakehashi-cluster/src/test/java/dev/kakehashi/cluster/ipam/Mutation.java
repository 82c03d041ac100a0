package dev.kakehashi.cluster.ipam;

/** A mistake that the simulation must notice. */
enum Mutation {
    /** The code as it is. */
    NONE,
    /** The ledger is not on disk when an address is given. */
    NO_WRITE_AHEAD,
    /** The store writes without comparing. */
    BLIND_STORE,
    /** Blocks of a node that is gone are taken without waiting. */
    HASTY_RECLAIM,
    /** A node believes in its right ten times as long as the others. */
    LONG_RIGHT,
    /** A node gives addresses that it gave up. */
    FORGETFUL_LENDER,
    /** Addresses are taken back though their interfaces live. */
    BLIND_COLLECTOR
}
