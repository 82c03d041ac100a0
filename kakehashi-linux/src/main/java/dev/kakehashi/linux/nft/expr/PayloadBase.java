package dev.kakehashi.linux.nft.expr;

/** The header from which a payload offset counts (enum nft_payload_bases). */
public enum PayloadBase {
    LINK(0, "@ll"),
    NETWORK(1, "@nh"),
    TRANSPORT(2, "@th"),
    INNER(3, "@ih");

    private final int number;
    private final String text;

    PayloadBase(int number, String text) {
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

    static PayloadBase of(int number) {
        for (PayloadBase value : values()) {
            if (value.number == number) {
                return value;
            }
        }
        throw new IllegalArgumentException("unknown payload base " + number);
    }
}
