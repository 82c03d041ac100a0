package dev.kakehashi.cluster.node;

/** A Node was given a subnet that its network cannot use. */
public final class UnusableSubnetException extends Exception {
    private static final long serialVersionUID = 1L;

    /** With the node, the subnet and what is allowed. */
    public UnusableSubnetException(String message) {
        super(message);
    }
}
