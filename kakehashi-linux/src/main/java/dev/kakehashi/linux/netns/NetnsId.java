package dev.kakehashi.linux.netns;

/**
 * What tells network namespaces of one boot apart: the device and inode of their file, as {@code
 * stat(2)} shows them (namespaces(7)). Unlike a descriptor it does not keep the namespace alive;
 * the number of a namespace that is gone may be used again.
 */
public record NetnsId(long device, long inode) {
    /** As {@code readlink /proc/self/ns/net} prints it. */
    @Override
    public String toString() {
        return "net:[" + inode + "]";
    }
}
