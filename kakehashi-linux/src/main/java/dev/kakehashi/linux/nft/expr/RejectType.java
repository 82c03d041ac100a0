package dev.kakehashi.linux.nft.expr;

/** How a packet is refused (enum nft_reject_types). */
public enum RejectType {
    /** An ICMP or ICMPv6 error with its own code. */
    ICMP(0, "icmp"),
    /** A TCP reset. */
    TCP_RESET(1, "tcp reset"),
    /** An ICMP or ICMPv6 error, whichever the packet needs. */
    ICMPX(2, "icmpx");

    private final int number;
    private final String text;

    RejectType(int number, String text) {
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

    static RejectType of(int number) {
        for (RejectType value : values()) {
            if (value.number == number) {
                return value;
            }
        }
        throw new IllegalArgumentException("unknown kind of reject " + number);
    }
}
