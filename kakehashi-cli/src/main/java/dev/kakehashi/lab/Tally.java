package dev.kakehashi.lab;

import java.util.concurrent.TimeUnit;

/** Counts what several threads have done, and tells of it: at the end, and every second before. */
final class Tally {
    private static final long INTERVAL = TimeUnit.SECONDS.toNanos(1);

    private final Progress progress;
    private final int total;
    private final String what;
    private int done;
    private long told = System.nanoTime();

    Tally(Progress progress, int total, String what) {
        this.progress = progress;
        this.total = total;
        this.what = what;
    }

    /** One more is done. */
    synchronized void one() {
        done++;
        long now = System.nanoTime();
        if (done == total) {
            progress.step((total == 1 ? "1 of 1 " : total + " ") + what);
        } else if (now - told > INTERVAL) {
            told = now;
            progress.step(done + " of " + total + " " + what);
        }
    }
}
