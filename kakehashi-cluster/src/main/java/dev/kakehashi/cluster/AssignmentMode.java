package dev.kakehashi.cluster;

/** Whether a node may use addresses of blocks that are another node's. */
public enum AssignmentMode {
    /** A node's pods have addresses of the node's own blocks only: every route is a block's. */
    STRICT("strict"),
    /** A node that finds no free block may use addresses that other nodes gave up before. */
    BORROW("borrow");

    private final String text;

    AssignmentMode(String text) {
        this.text = text;
    }

    /** As it is written in YAML. */
    @Override
    public String toString() {
        return text;
    }
}
