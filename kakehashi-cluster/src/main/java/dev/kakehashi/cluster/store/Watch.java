package dev.kakehashi.cluster.store;

/** A running watch. */
public interface Watch extends AutoCloseable {
    /** Ends it: no report begins after this call returns, except from within a report. */
    @Override
    void close();
}
