package dev.kakehashi.linux.nft;

/**
 * Flags of a set (enum nft_set_flags) that a user chooses; what follows from its types is set by
 * itself.
 */
public enum SetFlag {
    /**
     * Made for one rule and gone with it. Only read: this library makes named sets (an anonymous
     * one for each rule is quadratic).
     */
    ANONYMOUS(1, "anonymous"),
    /** Its elements do not change once a rule uses it. */
    CONSTANT(2, "constant"),
    /** Elements may be ranges and prefixes. */
    INTERVAL(4, "interval"),
    /** Elements may have a time to live. */
    TIMEOUT(0x10, "timeout"),
    /** Rules may add elements. */
    DYNAMIC(0x20, "dynamic");

    private final int bit;
    private final String text;

    SetFlag(int bit, String text) {
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
