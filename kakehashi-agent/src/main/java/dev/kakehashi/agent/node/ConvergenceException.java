package dev.kakehashi.agent.node;

/** The node could not be made as it should be; it is tried again. */
final class ConvergenceException extends Exception {
    private static final long serialVersionUID = 1L;

    /** The reason when the store does not answer, or refuses. */
    static final String STORE_FAILED = "StoreFailed";

    private final String reason;

    /**
     * With one word for programs and a sentence for people.
     *
     * @param reason the word that becomes the condition's reason
     */
    ConvergenceException(String reason, String message) {
        super(message);
        this.reason = reason;
    }

    ConvergenceException(String reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    String reason() {
        return reason;
    }

    /** Whether the store is what it failed by. */
    boolean isOfStore() {
        return reason.equals(STORE_FAILED);
    }
}
