package dev.kakehashi.agent.attach;

import java.io.Serial;

/** The turn did not come by the deadline; the message says what is in the way. */
final class BusyException extends Exception {
    @Serial private static final long serialVersionUID = 1L;

    BusyException(String message) {
        super(message);
    }
}
