package dev.kakehashi.conformance.stage;

/** A scenario cannot be played here; it says nothing about the plugin. */
public final class Unsuitable extends Exception {
    private static final long serialVersionUID = 1L;

    private Unsuitable(String reason) {
        super(reason);
    }

    /** What is missing, for the person who reads the report. */
    public static Unsuitable because(String reason) {
        return new Unsuitable(reason);
    }
}
