package dev.kakehashi.linux;

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
}
