package dev.kakehashi.linux;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Remembers where open descriptors were opened, so that tests can fail on those that nobody closed.
 */
public final class FdTrace {
    private static final Map<Fd, Throwable> OPEN = new ConcurrentHashMap<>();
    private static volatile boolean enabled;

    private FdTrace() {}

    /** Starts recording; descriptors that are open already stay unknown. */
    public static void enable() {
        enabled = true;
    }

    /** The recorded descriptors that are open now, each with the stack that opened it. */
    public static Map<Fd, Throwable> open() {
        return Map.copyOf(OPEN);
    }

    static void opened(Fd fd) {
        if (enabled) {
            OPEN.put(
                    fd,
                    new Throwable(fd + " opened by thread " + Thread.currentThread().getName()));
        }
    }

    static void closed(Fd fd) {
        if (enabled) {
            OPEN.remove(fd);
        }
    }
}
