package dev.kakehashi.linux.nft;

/**
 * The address family of a table: which packets its chains see (linux/netfilter.h, {@code
 * NFPROTO_*}).
 */
public enum Family {
    /** IPv4 and IPv6. */
    INET(1, "inet"),
    IP(2, "ip"),
    ARP(3, "arp"),
    /** Packets at the ingress (or egress) of one device. */
    NETDEV(5, "netdev"),
    BRIDGE(7, "bridge"),
    IP6(10, "ip6");

    private final int number;
    private final String text;

    Family(int number, String text) {
        this.number = number;
        this.text = text;
    }

    /** The kernel's number. */
    public int number() {
        return number;
    }

    /** nft's word. */
    public String text() {
        return text;
    }

    /**
     * The family of a number.
     *
     * @throws IllegalArgumentException for a family that has no tables
     */
    public static Family of(int number) {
        for (Family family : values()) {
            if (family.number == number) {
                return family;
            }
        }
        throw new IllegalArgumentException("no nftables family has the number " + number);
    }

    @Override
    public String toString() {
        return text;
    }
}
