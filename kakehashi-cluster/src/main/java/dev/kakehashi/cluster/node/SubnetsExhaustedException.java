package dev.kakehashi.cluster.node;

/** A network has no subnet left for another node. */
public final class SubnetsExhaustedException extends Exception {
    private static final long serialVersionUID = 1L;

    /** With the range and how much of it is in use. */
    public SubnetsExhaustedException(String message) {
        super(message);
    }
}
