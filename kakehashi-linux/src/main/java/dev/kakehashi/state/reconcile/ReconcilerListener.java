package dev.kakehashi.state.reconcile;

/**
 * Hears what a reconciler finds and does. It is called on the reconciler's own thread, one event
 * after the other, and should return soon.
 */
@FunctionalInterface
public interface ReconcilerListener {
    /** Something happened. */
    void happened(ReconcilerEvent event);
}
