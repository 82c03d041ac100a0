package dev.kakehashi.linux.rtnetlink;

import dev.kakehashi.linux.netlink.MalformedMessageException;

/**
 * How the kernel makes IPv6 link-local addresses: {@code IN6_ADDR_GEN_MODE_*} of linux/if_link.h,
 * in its order.
 */
public enum AddrGenMode {
    EUI64(0),
    NONE(1),
    STABLE_PRIVACY(2),
    RANDOM(3);

    private final int number;

    AddrGenMode(int number) {
        this.number = number;
    }

    /** The kernel's number. */
    public int number() {
        return number;
    }

    static AddrGenMode of(int number) throws MalformedMessageException {
        for (AddrGenMode mode : values()) {
            if (mode.number == number) {
                return mode;
            }
        }
        throw new MalformedMessageException("no address generation mode: " + number);
    }
}
