package dev.kakehashi.cluster.store;

/** The store no longer knows what happened since a revision: list again and watch from there. */
public final class RevisionGoneException extends StoreException {
    private static final long serialVersionUID = 1L;

    /** With the revision and why it is gone. */
    public RevisionGoneException(String message) {
        super(message);
    }
}
