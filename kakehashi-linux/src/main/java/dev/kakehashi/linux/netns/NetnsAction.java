package dev.kakehashi.linux.netns;

/**
 * A {@link NetnsTask} without a result.
 *
 * @param <X> what it throws
 */
@FunctionalInterface
public interface NetnsAction<X extends Exception> {
    /** As {@link NetnsTask#run}. */
    void run() throws X;
}
