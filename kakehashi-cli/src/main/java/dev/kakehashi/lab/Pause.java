package dev.kakehashi.lab;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** Waiting for something that tells nobody when it happens. */
final class Pause {
    private static final long MILLIS = 10;

    private Pause() {}

    /**
     * Waits a moment before one looks again.
     *
     * @throws IOException when interrupted; the thread stays so
     */
    static void shortly() throws IOException {
        try {
            TimeUnit.MILLISECONDS.sleep(MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
