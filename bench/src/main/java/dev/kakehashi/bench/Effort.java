package dev.kakehashi.bench;

/**
 * How often things are measured. A short run shows that all of it works; its numbers say little.
 *
 * @param limit how often at most, warming up included
 */
record Effort(int limit) {
    /** Nothing is usually measured more often than this. */
    private static final int MOST_USUAL = 1000;

    static final Effort WHOLE = new Effort(Integer.MAX_VALUE);

    int rounds(int usual) {
        return Math.min(usual, limit);
    }

    /** Of what may be measured more often than usual when somebody asks for it. */
    int rounds(int usual, int most) {
        return isUnlimited() ? usual : Math.min(most, limit);
    }

    /** Whether everything is measured as often as usual. */
    boolean isUnlimited() {
        return limit == Integer.MAX_VALUE;
    }

    /** Whether everything is measured at least as often as usual, so that it may be kept. */
    boolean isWhole() {
        return limit >= MOST_USUAL;
    }
}
