package dev.kakehashi.state.engine;

/** Whose an observed object is, by what is written on it. */
public enum Mark {
    /** It bears our mark. */
    OURS,

    /** It bears somebody else's mark, or none although its kind can bear one. */
    FOREIGN,

    /** Its kind can bear none. */
    NONE
}
