package dev.kakehashi.linux.nft;

/**
 * Where in a packet's way a base chain stands. The kernel's numbers depend on the family
 * (linux/netfilter.h, netfilter_arp.h).
 */
public enum Hook {
    PREROUTING(0),
    INPUT(1),
    FORWARD(2),
    OUTPUT(3),
    POSTROUTING(4),
    /** Before everything else, at one device: families netdev and inet. */
    INGRESS(5),
    /** After everything else, at one device: family netdev. */
    EGRESS(6);

    private static final int NETDEV_EGRESS = 1;

    private final int number;

    Hook(int number) {
        this.number = number;
    }

    int number(Family family) {
        boolean device = this == INGRESS || this == EGRESS;
        boolean seen =
                switch (family) {
                    case NETDEV -> device;
                    case ARP -> this == INPUT || this == OUTPUT;
                    case INET -> this != EGRESS;
                    default -> !device;
                };
        if (!seen) {
            throw new IllegalArgumentException("the family " + family + " has no hook " + text());
        }
        return switch (family) {
            case NETDEV -> this == INGRESS ? 0 : NETDEV_EGRESS;
            case ARP -> this == INPUT ? 0 : 1;
            default -> number;
        };
    }

    static Hook of(Family family, int number) {
        if (family == Family.NETDEV) {
            return number == 0 ? INGRESS : EGRESS;
        }
        if (family == Family.ARP) {
            return number == 0 ? INPUT : OUTPUT;
        }
        for (Hook hook : values()) {
            if (hook.number == number) {
                return hook;
            }
        }
        throw new IllegalArgumentException("unknown nftables hook " + number);
    }

    /** nft's word. */
    public String text() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
