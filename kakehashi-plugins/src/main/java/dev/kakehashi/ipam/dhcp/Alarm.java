package dev.kakehashi.ipam.dhcp;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Does things later, in threads of its own, which it has from the first one on. */
final class Alarm implements AutoCloseable {

    /** So that a server that does not answer holds up few of the leases of others. */
    private static final int THREADS = 4;

    private Optional<ScheduledThreadPoolExecutor> threads = Optional.empty();
    private boolean closed;

    synchronized void in(Duration wait, Runnable work) {
        if (closed) {
            return;
        }
        if (threads.isEmpty()) {
            threads = Optional.of(start());
        }
        var _ = threads.get().schedule(work, Math.max(0, wait.toMillis()), TimeUnit.MILLISECONDS);
    }

    private static ScheduledThreadPoolExecutor start() {
        ScheduledThreadPoolExecutor executor =
                new ScheduledThreadPoolExecutor(
                        THREADS, Thread.ofPlatform().daemon().name("dhcp-", 1).factory());
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        executor.setRemoveOnCancelPolicy(true);
        return executor;
    }

    @Override
    public synchronized void close() {
        closed = true;
        threads.ifPresent(ScheduledThreadPoolExecutor::shutdownNow);
    }
}
