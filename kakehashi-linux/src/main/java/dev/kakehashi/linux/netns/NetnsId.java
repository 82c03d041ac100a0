package dev.kakehashi.linux.netns;

import org.jspecify.annotations.Nullable;

/**
 * What tells network namespaces of one boot apart: the device and inode of their file, as {@code
 * stat(2)} shows them (namespaces(7)). Unlike a descriptor it does not keep the namespace alive;
 * the number of a namespace that is gone may be used again.
 */
public record NetnsId(long device, long inode) {
    // Written out here and in other records that the first call of a process compares: linking the
    // generated methods (java.lang.runtime.ObjectMethods) takes a cold process milliseconds.
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof NetnsId id && device == id.device && inode == id.inode;
    }

    @Override
    public int hashCode() {
        return 31 * Long.hashCode(device) + Long.hashCode(inode);
    }

    /** As {@code readlink /proc/self/ns/net} prints it. */
    @Override
    public String toString() {
        return "net:[" + inode + "]";
    }
}
