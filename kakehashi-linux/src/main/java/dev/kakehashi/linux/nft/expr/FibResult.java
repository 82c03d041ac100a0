package dev.kakehashi.linux.nft.expr;

/** What is asked of the routing table (enum nft_fib_result). */
public enum FibResult {
    OIF(1, "oif"),
    OIFNAME(2, "oifname"),
    ADDRTYPE(3, "type");

    private final int number;
    private final String text;

    FibResult(int number, String text) {
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

    static FibResult of(int number) {
        for (FibResult value : values()) {
            if (value.number == number) {
                return value;
            }
        }
        throw new IllegalArgumentException("unknown fib result " + number);
    }
}
