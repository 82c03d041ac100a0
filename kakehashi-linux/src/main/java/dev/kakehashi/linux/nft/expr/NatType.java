package dev.kakehashi.linux.nft.expr;

/** Which end is translated (enum nft_nat_types). */
public enum NatType {
    SNAT(0, "snat"),
    DNAT(1, "dnat");

    private final int number;
    private final String text;

    NatType(int number, String text) {
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

    static NatType of(int number) {
        for (NatType value : values()) {
            if (value.number == number) {
                return value;
            }
        }
        throw new IllegalArgumentException("unknown kind of translation " + number);
    }
}
