package dev.kakehashi.linux.nft.expr;

/** What a rule does to an element of a set (enum nft_dynset_ops). */
public enum DynsetOp {
    ADD(0, "add"),
    UPDATE(1, "update"),
    DELETE(2, "delete");

    private final int number;
    private final String text;

    DynsetOp(int number, String text) {
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

    static DynsetOp of(int number) {
        for (DynsetOp value : values()) {
            if (value.number == number) {
                return value;
            }
        }
        throw new IllegalArgumentException("unknown set operation " + number);
    }
}
