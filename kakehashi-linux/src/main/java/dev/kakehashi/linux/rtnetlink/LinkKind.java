package dev.kakehashi.linux.rtnetlink;

/** A kind of link. */
public interface LinkKind {}
