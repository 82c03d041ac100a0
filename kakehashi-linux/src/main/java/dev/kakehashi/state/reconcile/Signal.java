package dev.kakehashi.state.reconcile;

import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * What makes a reconciler look: monitors notify, time passes. Threads that notify never wait for
 * one that heals.
 */
final class Signal {
    private final Pace pace;
    private boolean notified;
    private long notifiedAt;
    private boolean resynchronize = true;
    private boolean closed;

    Signal(Pace pace) {
        this.pace = pace;
    }

    /** A notification that may matter. */
    synchronized void notified() {
        if (!notified) {
            notified = true;
            notifiedAt = System.nanoTime();
            notifyAll();
        }
    }

    /** Notifications may have been lost. */
    synchronized void resynchronize() {
        resynchronize = true;
        notified();
    }

    synchronized void close() {
        closed = true;
        notifyAll();
    }

    /** Waits until it is time to look; empty when closed. */
    synchronized Optional<Notice> await() throws InterruptedException {
        while (!closed) {
            long due = notified ? pace.notified(notifiedAt) : pace.regular();
            long left = due - System.nanoTime();
            if (left <= 0) {
                Notice notice =
                        !notified
                                ? Notice.LOOK
                                : resynchronize ? Notice.RESYNCHRONIZATION : Notice.NOTIFICATION;
                notified = false;
                resynchronize = false;
                return Optional.of(notice);
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        return Optional.empty();
    }

    synchronized boolean isWholeLookDue() {
        return pace.isWholeLookDue(System.nanoTime());
    }

    synchronized void glanced(long began) {
        pace.glanced(began, System.nanoTime());
    }

    synchronized void looked(long began, boolean healed, boolean complete) {
        pace.looked(began, System.nanoTime(), healed, complete);
    }
}
