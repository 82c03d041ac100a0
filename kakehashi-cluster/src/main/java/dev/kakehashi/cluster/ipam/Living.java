package dev.kakehashi.cluster.ipam;

import dev.kakehashi.cluster.Allocation;

/** Tells what lives, by what the kernel has. */
@FunctionalInterface
public interface Living {
    /**
     * Whether the attachment is there: its interface, or somebody who still works on it. Also when
     * it cannot be told.
     */
    boolean lives(Allocation allocation);
}
