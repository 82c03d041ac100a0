package dev.kakehashi.linux.probe;

import java.io.IOException;
import java.io.Serial;

/** The kernel accepted a request silently and did not do what it asks for. */
final class FeatureMissingException extends IOException {
    @Serial private static final long serialVersionUID = 1L;

    FeatureMissingException(String message) {
        super(message);
    }
}
