package dev.kakehashi.agent.node;

import dev.kakehashi.cluster.store.StoreAddress;

import java.util.Optional;

/**
 * The node is as it should be as far as is known, and the store has not been told how that is, or
 * not even asked.
 */
final class UntoldException extends Exception {
    private static final long serialVersionUID = 1L;

    /** The reason where the store has not answered yet. */
    static final String LAST_VIEW = "LastView";

    private final String reason;

    UntoldException(ConvergenceException failure) {
        super(
                "the node is as wanted, but the store does not know yet how: "
                        + failure.getMessage(),
                failure);
        this.reason = failure.reason();
    }

    /**
     * The store has not said what is wanted since the agent started.
     *
     * @param store its address
     * @param recalled what the node is made of meanwhile
     * @param failure what it failed by, where it has answered
     */
    UntoldException(
            StoreAddress store,
            NodeMemory.Recalled recalled,
            Optional<ConvergenceException> failure) {
        super(
                "the store %s has not %s since the agent started: the node is as it was last known, %d s before (%s)"
                        .formatted(
                                store,
                                failure.map(e -> "said all that is wanted (" + e.getMessage() + ")")
                                        .orElse("answered"),
                                recalled.age().toSeconds(),
                                recalled.confirmed()));
        this.reason = LAST_VIEW;
    }

    /** As {@link ConvergenceException#reason}. */
    String reason() {
        return reason;
    }
}
