package dev.kakehashi.linux.iptables;

import java.io.IOException;
import java.io.Serial;

/** A program of iptables that could not be run or that failed: which one, and what it said. */
public final class IptablesException extends IOException {
    @Serial private static final long serialVersionUID = 1L;

    IptablesException(String message, Throwable cause) {
        super(message, cause);
    }
}
