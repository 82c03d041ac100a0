package dev.kakehashi.linux.program;

import java.io.IOException;
import java.io.Serial;

/** A program that could not be run or that failed: which one, and what it said. */
public final class ProgramException extends IOException {
    @Serial private static final long serialVersionUID = 1L;

    ProgramException(String message) {
        super(message);
    }

    ProgramException(String message, Throwable cause) {
        super(message, cause);
    }
}
