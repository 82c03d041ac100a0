package dev.kakehashi.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** {@code <poll.h>}, for threads that wait on one descriptor and for a word to stop. */
public final class Poll {
    private static final MemorySegment POLL = CLibrary.function("poll");
    private static final short POLLIN = 1;
    private static final int POLLFD = 8;

    private Poll() {}

    /**
     * Waits until one of two descriptors can be read or has failed.
     *
     * @return whether the first one is ready
     */
    public static boolean either(Fd first, Fd second) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment descriptors = arena.allocate(2 * POLLFD, 4);
            descriptors.set(JAVA_INT, 0, first.number());
            descriptors.set(JAVA_SHORT, 4, POLLIN);
            descriptors.set(JAVA_INT, POLLFD, second.number());
            descriptors.set(JAVA_SHORT, POLLFD + 4, POLLIN);
            while ((int) CLibrary.call(POLL, descriptors.address(), 2, -1) < 0) {
                int errno = CLibrary.errno();
                if (errno != Errno.EINTR.number()) {
                    throw new LinuxException(errno, "poll", first + ", " + second);
                }
            }
            return descriptors.get(JAVA_SHORT, 6) != 0;
        }
    }
}
