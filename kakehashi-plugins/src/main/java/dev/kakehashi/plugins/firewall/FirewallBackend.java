package dev.kakehashi.plugins.firewall;

/** Whose rules admit containers. */
enum FirewallBackend {
    IPTABLES,
    NFTABLES,
    FIREWALLD
}
