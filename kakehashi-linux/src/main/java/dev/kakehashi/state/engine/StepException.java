package dev.kakehashi.state.engine;

import dev.kakehashi.linux.Errno;
import dev.kakehashi.linux.LinuxException;

import java.io.IOException;
import java.io.Serial;

/** A step that a kernel refused. What earlier steps had done is undone when this is thrown. */
public final class StepException extends IOException {
    @Serial private static final long serialVersionUID = 1L;

    private final transient Step step;

    StepException(Step step, Throwable cause) {
        super(text(step, cause), cause);
        this.step = step;
    }

    private static String text(Step step, Throwable cause) {
        String what = String.join("; ", step.commands());
        return (what.isEmpty() ? step.resource().key().toString() : what)
                + ": "
                + (cause instanceof LinuxException refused
                        ? Errno.text(refused.errno()) + " (" + cause.getMessage() + ")"
                        : cause.getMessage());
    }

    /** The step that failed. */
    public Step step() {
        return step;
    }

    /** Whether something was in the way: the optimism was wrong. */
    boolean isInTheWay() {
        return getCause() instanceof LinuxException refused
                && (refused.is(Errno.EEXIST) || refused.is(Errno.EBUSY));
    }
}
