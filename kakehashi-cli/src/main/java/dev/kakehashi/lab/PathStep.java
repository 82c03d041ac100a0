package dev.kakehashi.lab;

/**
 * One thing that happens to a packet on its way.
 *
 * @param where the pod or node it happens in
 * @param what happens, in words
 * @param command how to see the kernel object that makes it happen, run there; empty if there is
 *     none
 */
public record PathStep(String where, String what, String command) {}
