package dev.kakehashi.cluster.carrier;

/** A node cannot take part in a network as it is configured. */
public final class UnusableNetworkException extends Exception {
    private static final long serialVersionUID = 1L;

    /** With the network, the node's shortcoming and what to do. */
    public UnusableNetworkException(String message) {
        super(message);
    }
}
