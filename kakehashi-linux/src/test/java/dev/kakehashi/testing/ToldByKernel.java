package dev.kakehashi.testing;

import dev.kakehashi.linux.netlink.NetlinkSocket;

/** How much the kernel says, whatever else the machine does. */
public final class ToldByKernel {
    private ToldByKernel() {}

    /** A piece of work. */
    @FunctionalInterface
    public interface Work {
        void run() throws Exception;
    }

    /** What a piece of work is told, in bytes. */
    public static long during(Work work) throws Exception {
        long before = NetlinkSocket.bytesReceived();
        work.run();
        return NetlinkSocket.bytesReceived() - before;
    }
}
