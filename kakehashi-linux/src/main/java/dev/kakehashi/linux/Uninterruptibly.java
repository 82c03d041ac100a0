package dev.kakehashi.linux;

/** Waiting that an interrupt does not cut short; the interrupt is not lost. */
public final class Uninterruptibly {
    private Uninterruptibly() {}

    /**
     * Waits until a thread has ended, which somebody has told to. For who closes what the thread
     * still uses: an early return would close it under the thread. Called by the thread itself it
     * returns at once.
     */
    public static void join(Thread thread) {
        if (Thread.currentThread().equals(thread)) {
            return;
        }
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
