package dev.kakehashi.state.engine;

import dev.kakehashi.state.DesiredState;

import java.io.IOException;
import java.time.Duration;

/** What there is, and what is to be done about it. */
record Look(ObservedState observed, Plan plan) {
    private static final Duration REMOVAL = Duration.ofSeconds(5);

    /** A look; where links on their way out are in the way, another one when they are gone. */
    static Look at(Kernel kernel, Observer observer, DesiredState desired, DesiredState unwanted)
            throws IOException {
        Look first = once(kernel, observer, desired, unwanted);
        // What is in the way may be the far end of one.
        return !first.plan.conflicts().isEmpty() && kernel.awaitReaped(REMOVAL)
                ? once(kernel, observer, desired, unwanted)
                : first;
    }

    private static Look once(
            Kernel kernel, Observer observer, DesiredState desired, DesiredState unwanted)
            throws IOException {
        ObservedState observed = observer.observe(desired, unwanted);
        kernel.reapLeft(observed);
        return new Look(observed, Diff.between(desired, unwanted, observed));
    }
}
