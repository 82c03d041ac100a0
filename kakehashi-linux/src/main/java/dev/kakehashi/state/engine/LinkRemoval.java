package dev.kakehashi.state.engine;

/** What of a link's removal is over when the operation returns. */
enum LinkRemoval {
    /** All of it. */
    AT_ONCE,

    /** It is down and has another name; the rest follows. */
    HIDDEN,

    /** It carries no traffic of its own; the rest follows. */
    SILENT
}
