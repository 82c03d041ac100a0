package dev.kakehashi.agent.node;

import java.util.List;

/** The families of addresses that pods, or nodes, have. */
enum Families {
    IPV4(true, false),
    IPV6(false, true),
    DUAL(true, true);

    private final boolean ipv4;
    private final boolean ipv6;

    Families(boolean ipv4, boolean ipv6) {
        this.ipv4 = ipv4;
        this.ipv6 = ipv6;
    }

    boolean ipv4() {
        return ipv4;
    }

    boolean ipv6() {
        return ipv6;
    }

    /** Whether IPv4 is among them, for each of them. */
    List<Boolean> each() {
        return this == DUAL ? List.of(true, false) : List.of(ipv4);
    }

    /** The pods' networks, as YAML. */
    String cidrs() {
        return "cidrs: ["
                + (ipv4 ? "10.244.0.0/16" : "")
                + (ipv4 && ipv6 ? ", " : "")
                + (ipv6 ? "'fd00:10:244::/56'" : "")
                + "]";
    }
}
