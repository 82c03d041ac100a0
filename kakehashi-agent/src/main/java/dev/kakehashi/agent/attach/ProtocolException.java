package dev.kakehashi.agent.attach;

import java.io.IOException;
import java.io.Serial;

/** Bytes of the other side that break the protocol; the message says which and how. */
final class ProtocolException extends IOException {
    @Serial private static final long serialVersionUID = 1L;

    private final Refusal refusal;

    ProtocolException(Refusal refusal, String message) {
        super(message);
        this.refusal = refusal;
    }

    ProtocolException(Refusal refusal, String message, Throwable cause) {
        super(message, cause);
        this.refusal = refusal;
    }

    /** What the other side is to be told. */
    Refusal refusal() {
        return refusal;
    }
}
