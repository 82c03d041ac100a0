package dev.kakehashi.linux;

/** {@code <sys/eventfd.h>}: a descriptor by which one thread tells another something. */
public final class SysEventfd {
    private static final long EVENTFD = CLibrary.function("eventfd");
    private static final int EFD_CLOEXEC = 0x80000;

    private SysEventfd() {}

    /** A descriptor that cannot be read until it is {@linkplain #signal signalled}. */
    public static Fd create() throws LinuxException {
        int fd = (int) CLibrary.call(EVENTFD, 0, EFD_CLOEXEC);
        if (fd < 0) {
            throw new LinuxException(CLibrary.errno(), "eventfd", "");
        }
        return Fd.own(fd);
    }

    /** Makes it readable, for ever. */
    public static void signal(Fd eventfd) throws LinuxException {
        try (Memory memory = Memory.open()) {
            int _ = Unistd.write(eventfd, memory.struct(Long.BYTES).putLong(0, 1));
        }
    }
}
