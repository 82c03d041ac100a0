package dev.kakehashi.cluster.ipam;

import dev.kakehashi.cluster.AllocationHandle;

/** Tells what lives, by what the kernel has. */
@FunctionalInterface
public interface Living {
    /** Whether the attachment is there: its interface, or somebody who still works on it. */
    boolean lives(AllocationHandle handle);
}
