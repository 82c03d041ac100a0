package dev.kakehashi.agent.attach;

/**
 * Whose network and files a call is about: those of the process that runs it, or those of a
 * requester elsewhere (another root directory, another host namespace).
 *
 * @param isOwn whether they are those of the running process itself
 * @param rootMount id of the mount of the requester's root directory (statx(2), stx_mnt_id)
 * @param netnsDevice device of the requester's network namespace
 * @param netnsInode inode of it
 */
record Domain(boolean isOwn, long rootMount, long netnsDevice, long netnsInode) {
    /** Whether a call of {@code other} reaches the same network and files as this one did. */
    boolean isReachedBy(Domain other) {
        return isOwn ? other.isOwn : equals(other);
    }
}
