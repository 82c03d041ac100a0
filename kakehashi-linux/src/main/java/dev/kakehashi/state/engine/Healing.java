package dev.kakehashi.state.engine;

import java.util.List;

/**
 * What came of a look at kernels and the attempt to put them right.
 *
 * @param steps what was changed, in order
 * @param conflicts what was left out because something foreign is in the way
 * @param failures what a kernel refused
 */
public record Healing(List<Step> steps, List<Conflict> conflicts, List<StepException> failures) {
    public Healing {
        steps = List.copyOf(steps);
        conflicts = List.copyOf(conflicts);
        failures = List.copyOf(failures);
    }

    /** Whether everything is as desired now. */
    public boolean isComplete() {
        return conflicts.isEmpty() && failures.isEmpty();
    }
}
