package dev.kakehashi.linux;

import java.util.function.BooleanSupplier;

/**
 * How a server ends that is told to (SIGTERM, SIGINT): it puts things in order and exits with
 * status 0. By itself the Java virtual machine exits with 128 and the signal's number, in which
 * service managers see a failure (systemd.service(5), {@code SuccessExitStatus=}).
 */
public final class OrderedEnd implements AutoCloseable {
    private static final int FAILED = 1;

    private final Thread hook;

    private OrderedEnd(Thread hook) {
        this.hook = hook;
    }

    /**
     * From now on, until it is closed.
     *
     * @param work puts things in order; whether that succeeded. The exit status is 1 else
     */
    public static OrderedEnd by(BooleanSupplier work) {
        Thread hook =
                new Thread(
                        () -> Runtime.getRuntime().halt(work.getAsBoolean() ? 0 : FAILED),
                        "terminate");
        Runtime.getRuntime().addShutdownHook(hook);
        return new OrderedEnd(hook);
    }

    /** The program ends by itself, with a status of its own. */
    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // It has been told to end: the other thread is at it, and has the status.
            return;
        }
    }
}
