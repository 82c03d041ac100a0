package dev.kakehashi.linux.unix;

/**
 * Who connected, as the kernel saw it at that moment ({@code SO_PEERCRED}, unix(7)).
 *
 * @param pid the process in the reader's pid namespace, 0 when it is not visible there
 * @param uid the effective user
 * @param gid the effective group
 */
public record PeerCredentials(int pid, int uid, int gid) {}
