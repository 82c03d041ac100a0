package dev.kakehashi.state.engine;

import dev.kakehashi.state.LinkRef;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** How far the carrying out of a plan has come. */
final class Progress {
    private final List<Step> done = new ArrayList<>();
    private final Set<LinkRef> made = new HashSet<>();
    private final List<StepException> failures = new ArrayList<>();
    private boolean keepsGoing;

    /** From now on failures are noted, not thrown. */
    void keepGoing() {
        keepsGoing = true;
    }

    void done(Step step) {
        done.add(step);
    }

    void done(List<Step> steps) {
        done.addAll(steps);
    }

    /** What was done so far, in order. */
    List<Step> done() {
        return done;
    }

    /** All of it was taken back. */
    void undone() {
        done.clear();
    }

    /** A link was made, or may have been. */
    void made(LinkRef link) {
        made.add(link);
    }

    boolean hasMade(LinkRef link) {
        return made.contains(link);
    }

    /** Throws the failure, or notes it. */
    void fail(StepException failure) throws StepException {
        if (!keepsGoing) {
            throw failure;
        }
        failures.add(failure);
    }

    /** What was noted. */
    List<StepException> failures() {
        return failures;
    }
}
