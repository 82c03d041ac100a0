package dev.kakehashi.ipam;

import java.io.Serial;

/** A range or a set of ranges from which no address could be given; the message says why. */
final class InvalidRangeException extends Exception {

    @Serial private static final long serialVersionUID = 1;

    InvalidRangeException(String message) {
        super(message);
    }
}
