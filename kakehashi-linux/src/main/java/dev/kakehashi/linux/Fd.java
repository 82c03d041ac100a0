package dev.kakehashi.linux;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * An open file descriptor with one owner, who closes it.
 *
 * <p>Every descriptor that this library opens has {@code O_CLOEXEC}, so child processes do not
 * inherit it. When {@link FdTrace} is on, the stack that opened each descriptor is remembered until
 * it is closed.
 */
public final class Fd implements AutoCloseable {
    private static final int CLOSED = -1;

    private final AtomicInteger number;

    private Fd(int number) {
        this.number = new AtomicInteger(number);
    }

    /** Takes ownership of an open descriptor. */
    public static Fd own(int number) {
        Fd fd = ownForever(number);
        FdTrace.opened(fd);
        return fd;
    }

    /**
     * Takes ownership of a descriptor that stays open as long as the process: never reported as
     * leaked.
     */
    public static Fd ownForever(int number) {
        if (number < 0) {
            throw new IllegalArgumentException("not a descriptor: " + number);
        }
        return new Fd(number);
    }

    /**
     * The number, for system calls.
     *
     * @throws IllegalStateException when it is closed already: the number may by now mean another
     *     file
     */
    public int number() {
        int n = number.get();
        if (n == CLOSED) {
            throw new IllegalStateException("the descriptor is closed");
        }
        return n;
    }

    /** Whether the descriptor is still open. */
    public boolean isOpen() {
        return number.get() != CLOSED;
    }

    /** Gives the number away to an owner outside this class; this object is closed from then on. */
    public int release() {
        int n = number.getAndSet(CLOSED);
        if (n == CLOSED) {
            throw new IllegalStateException("the descriptor is closed");
        }
        FdTrace.closed(this);
        return n;
    }

    /**
     * Closes the descriptor; a second call does nothing.
     *
     * <p>Errors of {@code close(2)} are not reported: on Linux the descriptor is gone in any case,
     * and who cares for data on disk calls {@link Unistd#fsync} first.
     */
    @Override
    public void close() {
        int n = number.getAndSet(CLOSED);
        if (n != CLOSED) {
            FdTrace.closed(this);
            Unistd.close(n);
        }
    }

    @Override
    public String toString() {
        int n = number.get();
        return n == CLOSED ? "closed fd" : "fd " + n;
    }
}
