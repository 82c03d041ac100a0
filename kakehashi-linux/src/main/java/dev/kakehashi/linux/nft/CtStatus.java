package dev.kakehashi.linux.nft;

/**
 * What is known of a connection (linux/netfilter/nf_conntrack_common.h, enum ip_conntrack_status).
 */
public enum CtStatus {
    EXPECTED(1, "expected"),
    SEEN_REPLY(1 << 1, "seen-reply"),
    ASSURED(1 << 2, "assured"),
    CONFIRMED(1 << 3, "confirmed"),
    SNAT(1 << 4, "snat"),
    DNAT(1 << 5, "dnat"),
    DYING(1 << 9, "dying");

    private final int bit;
    private final String text;

    CtStatus(int bit, String text) {
        this.bit = bit;
        this.text = text;
    }

    int bit() {
        return bit;
    }

    /** nft's word. */
    public String text() {
        return text;
    }
}
