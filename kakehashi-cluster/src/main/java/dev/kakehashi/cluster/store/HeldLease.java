package dev.kakehashi.cluster.store;

/** A lease that this process took; renewed by its store until closed. */
public interface HeldLease extends AutoCloseable {
    /** What is held. */
    String name();

    /**
     * Whether nobody else can hold it at this moment: it was renewed less than its duration ago, by
     * the monotonic clock of this machine and counted from before the store was asked.
     */
    boolean isHeld();

    /** Gives it back, so that the next one need not wait; what the store does not take runs out. */
    @Override
    void close();
}
