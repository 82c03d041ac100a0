package dev.kakehashi.linux;

import java.io.IOException;
import java.io.Serial;

/** A system call that failed: which one, on what, and the {@code errno} that tells why. */
public class LinuxException extends IOException {
    @Serial private static final long serialVersionUID = 1L;

    private final int errno;
    private final String operation;
    private final String arguments;

    /**
     * @param errno the positive error number of {@code errno(3)}
     * @param operation the name of the call, e.g. {@code setns}
     * @param arguments what it was called with, in words for the reader
     */
    public LinuxException(int errno, String operation, String arguments) {
        this(errno, operation, arguments, operation + "(" + arguments + "): " + Errno.text(errno));
    }

    protected LinuxException(int errno, String operation, String arguments, String message) {
        super(message);
        this.errno = errno;
        this.operation = operation;
        this.arguments = arguments;
    }

    /** The positive error number. */
    public final int errno() {
        return errno;
    }

    /** Whether the error number is {@code expected}. */
    public final boolean is(Errno expected) {
        return errno == expected.number();
    }

    /** The name of the call that failed. */
    public final String operation() {
        return operation;
    }

    /** What the call was given, in words. */
    public final String arguments() {
        return arguments;
    }
}
