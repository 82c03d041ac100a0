package dev.kakehashi.agent.attach;

import java.util.concurrent.ThreadFactory;

/**
 * The threads of a server that take connections and serve them themselves: a few that run, because
 * more would only wait for each other in the kernel (one lock for all links), and as many more as
 * wait for something else, such as another program, a DHCP server or a container's turn.
 *
 * <p>Connections beyond that wait in the kernel, which costs nothing.
 */
final class Crew {
    private static final int RUNNING = 4;
    private static final int KEPT_WAITING = 4;
    private static final int MOST = 256;

    /** A thread that does not say that it waits is found out by this. */
    private static final int WATCH_MILLIS = 10;

    private static final int WATCHES_WITHOUT_NEED = 100;

    private final ThreadFactory threads;
    private final Runnable work;
    private int alive;
    private int waiting;
    private int running;
    private long progress;
    private boolean watched;

    /**
     * A crew of nobody yet.
     *
     * @param work what each does: wait for a connection, tell {@link #took}, serve it, tell {@link
     *     #served}, and so on as long as that says so
     */
    Crew(ThreadFactory threads, Runnable work) {
        this.threads = threads;
        this.work = work;
    }

    /** What a thread does while it needs no processor. */
    @FunctionalInterface
    interface Wait<T, E extends Exception> {
        T end() throws E;
    }

    /** Adds a thread that waits for a connection, unless there are very many. */
    synchronized void hire() {
        if (alive == MOST) {
            return;
        }
        alive++;
        waiting++;
        threads.newThread(this::live).start();
    }

    private void live() {
        try {
            work.run();
        } finally {
            synchronized (this) {
                alive--;
            }
        }
    }

    /** The calling thread has a connection to serve. */
    synchronized void took() {
        waiting--;
        running++;
        progress++;
        replace();
    }

    /** The calling thread has served its connection; whether it is to wait for another one. */
    synchronized boolean served() {
        running--;
        progress++;
        if (waiting >= KEPT_WAITING) {
            return false;
        }
        waiting++;
        return true;
    }

    /**
     * The calling thread waits no more, because there is nothing to wait for; whether it is last.
     */
    synchronized boolean resigned() {
        waiting--;
        return waiting == 0;
    }

    /** Has another thread serve while the calling one waits. */
    <T, E extends Exception> T during(Wait<T, E> wait) throws E {
        synchronized (this) {
            running--;
            replace();
        }
        try {
            return wait.end();
        } finally {
            synchronized (this) {
                running++;
            }
        }
    }

    private void replace() {
        if (waiting > 0) {
            return;
        }
        if (running < RUNNING) {
            hire();
        } else if (!watched) {
            watched = true;
            Thread watch = threads.newThread(this::watch);
            watch.start();
        }
    }

    /** Adds a thread whenever all have been busy for a while and none got on. */
    private synchronized void watch() {
        try {
            int unneeded = 0;
            while (unneeded < WATCHES_WITHOUT_NEED) {
                long seen = progress;
                wait(WATCH_MILLIS);
                if (waiting > 0) {
                    unneeded++;
                } else {
                    unneeded = 0;
                    if (progress == seen) {
                        hire();
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        watched = false;
    }
}
