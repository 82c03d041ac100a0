package dev.kakehashi.lab;

/** Is told what a lab is doing, so that nobody waits without knowing for what. */
@FunctionalInterface
public interface Progress {
    /** Something that takes time begins, for example {@code "starting 3 agents"}. */
    void step(String what);

    /** Says nothing. */
    Progress SILENT = what -> {};
}
