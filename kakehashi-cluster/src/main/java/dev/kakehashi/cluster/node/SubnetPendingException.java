package dev.kakehashi.cluster.node;

/** The Node, or its subnet, is somebody else's to make, who has not done it yet. */
public final class SubnetPendingException extends Exception {
    private static final long serialVersionUID = 1L;

    /** With the node, what is missing, and who makes it. */
    public SubnetPendingException(String message) {
        super(message);
    }
}
