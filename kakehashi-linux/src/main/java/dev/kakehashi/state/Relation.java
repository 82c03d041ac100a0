package dev.kakehashi.state;

/**
 * How we stand to an object that we want to exist. What is neither is foreign: it is read and
 * reported, never changed.
 */
public enum Relation {
    /** Made by us, marked as ours on the object itself, healed and removed by us. */
    OWNED,

    /**
     * A thing that several may make and all use, like the bridge {@code cni0}: created or joined,
     * its attributes checked, never deleted.
     */
    SHARED
}
