package dev.kakehashi.bench;

/**
 * How often things are measured. A short run shows that all of it works; its numbers say little.
 *
 * @param limit how often at most, warming up included
 */
record Effort(int limit) {
    static final Effort WHOLE = new Effort(Integer.MAX_VALUE);

    int rounds(int usual) {
        return Math.min(usual, limit);
    }

    boolean isWhole() {
        return limit == Integer.MAX_VALUE;
    }
}
