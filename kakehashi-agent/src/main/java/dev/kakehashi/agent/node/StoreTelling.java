package dev.kakehashi.agent.node;

import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * When the store is told again that could not be told: after growing pauses of its own, for which
 * the kernel, which is looked at all the while, does not wait. On one thread only.
 */
final class StoreTelling {
    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** What there is to tell. */
    interface Words {
        void say() throws ConvergenceException, InterruptedException;
    }

    private final LongSupplier clock;
    private final BooleanSupplier reachable;
    private Optional<UntoldException> failure = Optional.empty();
    private long pause = FIRST_PAUSE_NANOS;
    private long next;

    /** Whether the store could not be reached then: as soon as it can be, it is told. */
    private boolean lost;

    /**
     * Of a store.
     *
     * @param clock nanoseconds that never go back ({@link System#nanoTime})
     * @param reachable whether the store did what it was last asked, by whomever
     */
    StoreTelling(LongSupplier clock, BooleanSupplier reachable) {
        this.clock = clock;
        this.reachable = reachable;
    }

    /**
     * Says it, unless that failed a moment ago.
     *
     * @return why it is not said yet; empty when it is
     * @throws ConvergenceException when it failed for other reasons than the store
     */
    Optional<UntoldException> say(Words words) throws ConvergenceException, InterruptedException {
        boolean isBack = lost && reachable.getAsBoolean();
        if (failure.isPresent() && !isBack && clock.getAsLong() - next < 0) {
            return failure;
        }
        try {
            words.say();
            failure = Optional.empty();
            pause = FIRST_PAUSE_NANOS;
        } catch (ConvergenceException e) {
            if (!e.reason().equals(ConvergenceException.STORE_FAILED)) {
                throw e;
            }
            failure = Optional.of(new UntoldException(e));
            lost = !reachable.getAsBoolean();
            next = clock.getAsLong() + pause;
            pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS);
        }
        return failure;
    }
}
