package dev.kakehashi.cluster.store;

/** A compare-and-set found another version than expected: read again, decide again. */
public final class ConflictException extends StoreException {
    private static final long serialVersionUID = 1L;

    /** With the object and what was found. */
    public ConflictException(String message) {
        super(message);
    }
}
