package dev.kakehashi.conformance.stage;

/** What a plugin is in a network (SPEC "Terminology" and section 4). */
public enum Role {
    /** Makes the interface. */
    INTERFACE,
    /** Gives addresses to the plugin that delegates to it. */
    IPAM,
    /** Works on the result of a plugin before it. */
    CHAINED
}
