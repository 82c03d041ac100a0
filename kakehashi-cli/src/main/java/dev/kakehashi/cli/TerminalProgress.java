package dev.kakehashi.cli;

import dev.kakehashi.lab.Progress;

import java.io.PrintStream;
import java.time.Duration;

/**
 * Prints each step with the time since the start; on standard error, so that {@code -o json} stays
 * clean.
 */
final class TerminalProgress implements Progress {
    private final PrintStream out;
    private final long started = System.nanoTime();

    TerminalProgress(PrintStream out) {
        this.out = out;
    }

    @Override
    public void step(String what) {
        Duration since = Duration.ofNanos(System.nanoTime() - started);
        long tenths = since.toMillis() / 100;
        String time = tenths / 10 + "." + tenths % 10;
        String padded = " ".repeat(Math.max(0, 5 - time.length())) + time + " s";
        out.println(Style.FAINT.of(padded) + "  " + what);
    }
}
