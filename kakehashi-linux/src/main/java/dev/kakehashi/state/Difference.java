package dev.kakehashi.state;

/**
 * What one desired state is to be after another.
 *
 * @param fresh what is wanted that was not, or not so
 * @param replaced what was wanted before under the keys of {@code fresh}
 * @param gone what was wanted and, under the same key, no longer is
 */
public record Difference(DesiredState fresh, DesiredState replaced, DesiredState gone) {}
