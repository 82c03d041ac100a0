package dev.kakehashi.conformance.stage;

/** Something is not as a scenario requires. */
public final class Mismatch extends Exception {
    private static final long serialVersionUID = 1L;

    private final String expected;
    private final String seen;

    private Mismatch(String expected, String seen) {
        super("expected " + expected + ", saw " + seen);
        this.expected = expected;
        this.seen = seen;
    }

    /** What should have been, and what was. */
    public static Mismatch of(String expected, String seen) {
        return new Mismatch(expected, seen);
    }

    /** What the requirement asks for. */
    public String expected() {
        return expected;
    }

    /** What there was instead. */
    public String seen() {
        return seen;
    }
}
