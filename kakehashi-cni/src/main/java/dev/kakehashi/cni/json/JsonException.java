package dev.kakehashi.cni.json;

import dev.kakehashi.cni.CniException;

/** Input that is not JSON, or JSON of another shape than asked for: CNI code 6. */
public final class JsonException extends CniException {
    private static final long serialVersionUID = 1L;

    /** A failure whose text names the key and what stands there. */
    public JsonException(String msg) {
        super(DECODING_FAILURE, msg);
    }

    /** A failure of the parser. */
    public JsonException(String msg, Throwable cause) {
        super(DECODING_FAILURE, msg, cause);
    }
}
