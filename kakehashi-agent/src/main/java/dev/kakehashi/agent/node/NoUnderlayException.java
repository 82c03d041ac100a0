package dev.kakehashi.agent.node;

/** No interface can serve as underlay. */
final class NoUnderlayException extends Exception {
    private static final long serialVersionUID = 1L;

    NoUnderlayException(String message) {
        super(message);
    }
}
