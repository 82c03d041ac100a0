package dev.kakehashi.cluster.store;

import java.io.IOException;

/** A store could not do what was asked. */
public sealed class StoreException extends IOException
        permits ConflictException, RevisionGoneException {
    private static final long serialVersionUID = 1L;

    /** With what failed, on which object, and why. */
    public StoreException(String message) {
        super(message);
    }

    /** With the failure below. */
    public StoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
