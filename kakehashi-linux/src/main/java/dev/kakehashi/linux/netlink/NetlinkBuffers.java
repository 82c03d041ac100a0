package dev.kakehashi.linux.netlink;

import dev.kakehashi.linux.Struct;

import java.util.concurrent.ArrayBlockingQueue;

/**
 * Memory for the kernel to read from and write to, used again from socket to socket: sockets in
 * pods live for microseconds, and fresh memory is zeroed each time.
 */
final class NetlinkBuffers {
    /** The kernel fills dumps into at most 32 KiB at a time (af_netlink.c, netlink_dump). */
    static final int SIZE = 32 * 1024;

    /** Room before the data for an address and options. */
    static final int HEAD = 32;

    private static final ArrayBlockingQueue<Struct> IDLE = new ArrayBlockingQueue<>(16);

    private NetlinkBuffers() {}

    static Struct take() {
        Struct buffer = IDLE.poll();
        return buffer == null ? Struct.allocate(HEAD + SIZE) : buffer;
    }

    static void giveBack(Struct buffer) {
        boolean _ = IDLE.offer(buffer); // when there are enough, the collector frees it
    }
}
