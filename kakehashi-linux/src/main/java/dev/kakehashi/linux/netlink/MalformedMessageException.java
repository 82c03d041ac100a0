package dev.kakehashi.linux.netlink;

import java.io.IOException;
import java.io.Serial;

/**
 * Bytes that are not the message they claim to be: too short, or with lengths that do not fit each
 * other.
 */
public final class MalformedMessageException extends IOException {
    @Serial private static final long serialVersionUID = 1L;

    public MalformedMessageException(String message) {
        super(message);
    }
}
