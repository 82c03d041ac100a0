package dev.kakehashi.agent.attach;

import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.function.Supplier;

/**
 * Things that each call needs once and that are large: a call that pays for them brings the next
 * garbage collection nearer, for which others wait. A few are kept. Thread-safe.
 */
final class Spares<T> {
    private static final int KEPT = 4;

    private final Queue<T> spares = new ArrayBlockingQueue<>(KEPT);
    private final Supplier<T> fresh;

    /**
     * Without any yet.
     *
     * @param fresh makes one
     */
    Spares(Supplier<T> fresh) {
        this.fresh = fresh;
    }

    /** One for the caller alone. */
    T take() {
        T spare = spares.poll();
        return spare == null ? fresh.get() : spare;
    }

    /** Gives back one that nobody uses any more. */
    void giveBack(T one) {
        boolean _ = spares.offer(one);
    }
}
