package dev.kakehashi.linux.nft.expr;

/** A direction of a connection (enum ip_conntrack_dir). */
public enum CtDirection {
    /** Both or none: the key has no direction. */
    NONE(-1, ""),
    ORIGINAL(0, "original"),
    REPLY(1, "reply");

    private final int number;
    private final String text;

    CtDirection(int number, String text) {
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

    static CtDirection of(int number) {
        for (CtDirection value : values()) {
            if (value.number == number) {
                return value;
            }
        }
        throw new IllegalArgumentException("unknown connection direction " + number);
    }
}
