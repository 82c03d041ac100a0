package dev.kakehashi.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Interrupts this thread's work when the program is told to end (SIGINT, SIGTERM, SIGHUP), and lets
 * it put things in order: a plugin that runs is killed, not left behind.
 */
final class Cancellation {
    private static final int SECONDS = 5;

    /** Work that may fail as it likes. */
    @FunctionalInterface
    interface Work {
        void run() throws Exception;
    }

    private Cancellation() {}

    /** Does the work. */
    static void whenTold(Work work) throws Exception {
        Thread worker = Thread.currentThread();
        CountDownLatch done = new CountDownLatch(1);
        Thread hook = new Thread(() -> interrupt(worker, done), "cancellation");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            work.run();
        } finally {
            done.countDown();
            release(hook);
        }
    }

    private static void interrupt(Thread worker, CountDownLatch done) {
        worker.interrupt();
        try {
            boolean ended = done.await(SECONDS, TimeUnit.SECONDS);
            if (!ended) {
                System.err.println("the work did not end within " + SECONDS + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void release(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The program is ending: the hook has been told that all is done.
            return;
        }
    }
}
