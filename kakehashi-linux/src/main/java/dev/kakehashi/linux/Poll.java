package dev.kakehashi.linux;

import java.time.Duration;

/** {@code <poll.h>}, for threads that wait on one descriptor and for a word to stop. */
public final class Poll {
    private static final long POLL = CLibrary.function("poll");
    private static final short POLLIN = 1;
    private static final int POLLFD = 8;

    private Poll() {}

    /**
     * Waits until one of two descriptors can be read or has failed.
     *
     * @return whether the first one is ready
     */
    public static boolean either(Fd first, Fd second) throws LinuxException {
        try (Memory memory = Memory.open()) {
            Struct descriptors = memory.struct(2 * POLLFD);
            descriptors.putInt(0, first.number());
            descriptors.putShort(4, POLLIN);
            descriptors.putInt(POLLFD, second.number());
            descriptors.putShort(POLLFD + 4, POLLIN);
            while ((int) CLibrary.call(POLL, descriptors.address(), 2, -1) < 0) {
                int errno = CLibrary.errno();
                if (errno != Errno.EINTR.number()) {
                    throw new LinuxException(errno, "poll", first + ", " + second);
                }
            }
            return descriptors.getShort(6) != 0;
        }
    }

    /**
     * Waits until a descriptor can be read or has failed, but not longer than a while.
     *
     * @param limit to the millisecond
     * @return whether it is ready
     */
    public static boolean within(Fd fd, Duration limit) throws LinuxException {
        long deadline = System.nanoTime() + limit.toNanos();
        try (Memory memory = Memory.open()) {
            Struct descriptor = memory.struct(POLLFD);
            descriptor.putInt(0, fd.number());
            descriptor.putShort(4, POLLIN);
            while (true) {
                long millis = Math.max(0, (deadline - System.nanoTime()) / 1_000_000);
                int ready = (int) CLibrary.call(POLL, descriptor.address(), 1, millis);
                if (ready >= 0) {
                    return ready > 0;
                }
                int errno = CLibrary.errno();
                if (errno != Errno.EINTR.number()) {
                    throw new LinuxException(errno, "poll", fd.toString());
                }
            }
        }
    }
}
