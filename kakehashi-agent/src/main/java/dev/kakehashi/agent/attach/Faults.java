package dev.kakehashi.agent.attach;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/**
 * Places where tests stop the process to kill it. With the system property {@code
 * kakehashi.test.stop-at=POINT:FILE} the first thread that reaches the point makes the file and
 * waits for ever; without it, reaching a point costs nothing.
 */
public final class Faults {
    private static final String STOP_AT = System.getProperty("kakehashi.test.stop-at", "");

    private Faults() {}

    /** Tells that the process is at this point. */
    public static void reach(String point) {
        if (!STOP_AT.isEmpty() && STOP_AT.startsWith(point + ":")) {
            try {
                Files.createFile(Path.of(STOP_AT.substring(point.length() + 1)));
            } catch (IOException e) {
                throw new UncheckedIOException("cannot mark the fault point " + point, e);
            }
            while (true) {
                LockSupport.park();
            }
        }
    }
}
