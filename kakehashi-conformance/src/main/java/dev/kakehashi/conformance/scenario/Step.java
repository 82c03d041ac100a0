package dev.kakehashi.conformance.scenario;

import dev.kakehashi.conformance.stage.Stage;

/**
 * One thing that is done or looked at.
 *
 * @param description what, for the report
 * @param action does it; a {@link dev.kakehashi.conformance.stage.Mismatch} fails the scenario
 */
public record Step(String description, Action action) {
    /** What a step does. */
    @FunctionalInterface
    public interface Action {
        /** Does it. */
        void run(Stage stage) throws Exception;
    }
}
