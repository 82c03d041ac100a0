package dev.kakehashi.cluster;

import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * An object cannot be used as it is written. Carries every problem found, so that all can be
 * corrected at once.
 */
public final class InvalidObjectException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;

    /** With at least one problem. */
    public InvalidObjectException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("; ")));
        this.problems = List.copyOf(problems);
    }

    @Override
    public String getMessage() {
        return Objects.requireNonNullElse(super.getMessage(), "");
    }

    /** What is wrong, in the order of the source. */
    public List<Problem> problems() {
        return problems;
    }
}
