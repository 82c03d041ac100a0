package dev.kakehashi.agent.attach;

import org.jspecify.annotations.Nullable;

/**
 * What identifies a file on one machine.
 *
 * @param device the device number, major in the upper and minor in the lower half
 */
record FileId(long device, long inode) {
    // Written out: see NetnsId.equals.
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof FileId id && device == id.device && inode == id.inode;
    }

    @Override
    public int hashCode() {
        return 31 * Long.hashCode(device) + Long.hashCode(inode);
    }
}
