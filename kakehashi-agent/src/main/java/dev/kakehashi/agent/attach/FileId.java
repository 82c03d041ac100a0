package dev.kakehashi.agent.attach;

/**
 * What identifies a file on one machine.
 *
 * @param device the device number, major in the upper and minor in the lower half
 */
record FileId(long device, long inode) {}
