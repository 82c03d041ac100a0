package dev.kakehashi.agent.node;

/** The node is as it should be, and the store has not been told how that is. */
final class UntoldException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String reason;

    UntoldException(ConvergenceException failure) {
        super(
                "the node is as wanted, but the store does not know yet how: "
                        + failure.getMessage(),
                failure);
        this.reason = failure.reason();
    }

    /** As {@link ConvergenceException#reason}. */
    String reason() {
        return reason;
    }
}
