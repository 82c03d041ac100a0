package dev.kakehashi.cluster.store;

import dev.kakehashi.cluster.Problem;

import java.util.List;

/**
 * An object that cannot be used as it is written.
 *
 * @param name its name
 * @param problems why
 */
public record Rejected(String name, List<Problem> problems) {
    /** Copies the problems. */
    public Rejected {
        problems = List.copyOf(problems);
    }
}
