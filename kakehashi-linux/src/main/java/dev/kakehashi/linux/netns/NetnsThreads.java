package dev.kakehashi.linux.netns;

import dev.kakehashi.linux.LinuxException;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The threads that enter namespaces for callers that may not do it themselves. */
final class NetnsThreads {
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final ThreadPoolExecutor POOL =
            new ThreadPoolExecutor(
                    0,
                    Integer.MAX_VALUE,
                    10,
                    TimeUnit.SECONDS,
                    new SynchronousQueue<>(),
                    work -> new NetnsThread(work, "netns-" + COUNT.incrementAndGet())) {
                @Override
                protected void afterExecute(Runnable work, @Nullable Throwable failure) {
                    if (((NetnsThread) Thread.currentThread()).lost()) {
                        throw new IllegalStateException("the thread is stranded and ends");
                    }
                }
            };

    private NetnsThreads() {}

    /** What is done with a thread of ours. */
    @FunctionalInterface
    interface Work<T extends @Nullable Object, X extends Exception> {
        T on(NetnsThread thread) throws X, LinuxException;
    }

    /**
     * Does the work on this thread if it is one of ours, else on one of the pool, and waits for it.
     */
    static <T extends @Nullable Object, X extends Exception> T run(Work<T, X> work)
            throws X, LinuxException {
        if (Thread.currentThread() instanceof NetnsThread ours) {
            return work.on(ours);
        }
        Callable<T> callable = () -> work.on((NetnsThread) Thread.currentThread());
        return await(POOL.submit(callable));
    }

    @SuppressWarnings("unchecked") // Work.on throws only X, LinuxException and unchecked ones
    private static <T extends @Nullable Object, X extends Exception> T await(Future<T> future)
            throws X {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return future.get();
                } catch (InterruptedException e) {
                    // The task may be half-way through changing a kernel: its end must be known.
                    interrupted = true;
                } catch (ExecutionException e) {
                    if (e.getCause() instanceof Error error) {
                        throw error;
                    }
                    throw (X) e.getCause();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
