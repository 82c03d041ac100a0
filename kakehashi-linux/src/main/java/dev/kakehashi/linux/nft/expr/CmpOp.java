package dev.kakehashi.linux.nft.expr;

/**
 * Comparisons (enum nft_cmp_ops). Greater and less compare the bytes as they lie in memory: network
 * order.
 */
public enum CmpOp {
    EQ(0, "=="),
    NEQ(1, "!="),
    LT(2, "<"),
    LTE(3, "<="),
    GT(4, ">"),
    GTE(5, ">=");

    private final int number;
    private final String text;

    CmpOp(int number, String text) {
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

    static CmpOp of(int number) {
        for (CmpOp value : values()) {
            if (value.number == number) {
                return value;
            }
        }
        throw new IllegalArgumentException("unknown comparison " + number);
    }
}
