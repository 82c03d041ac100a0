package dev.kakehashi.linux.netns;

import org.jspecify.annotations.Nullable;

/**
 * What {@link Netns#call} runs inside a namespace.
 *
 * @param <T> the result
 * @param <X> what it throws
 */
@FunctionalInterface
public interface NetnsTask<T extends @Nullable Object, X extends Exception> {
    /**
     * Runs on a platform thread that is in the namespace; it must not start virtual threads that
     * outlive it.
     */
    T run() throws X;
}
