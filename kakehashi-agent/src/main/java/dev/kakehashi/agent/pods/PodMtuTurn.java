package dev.kakehashi.agent.pods;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Whose turn it is to set the MTU of pods' links and of their bridge. Who keeps the network changes
 * those of many pods in an order; who puts right what others change would judge by a state half-way
 * and turn some of them back. Thread-safe.
 */
public final class PodMtuTurn {
    private final ReentrantLock lock = new ReentrantLock();

    /** Until {@link #close}. */
    public interface Turn extends AutoCloseable {
        @Override
        void close();
    }

    /** Waits until it is the caller's turn; the same thread closes it. */
    public Turn take() {
        lock.lock();
        return lock::unlock;
    }

    /** As {@link #take}, but waits at most so long; empty when it is still another's turn. */
    public Optional<Turn> take(Duration patience) throws InterruptedException {
        return lock.tryLock(patience.toNanos(), TimeUnit.NANOSECONDS)
                ? Optional.of(lock::unlock)
                : Optional.empty();
    }
}
