package dev.kakehashi.linux;

import java.lang.ref.Reference;

/** {@code <sys/ioctl.h>}. */
public final class SysIoctl {
    private static final long IOCTL = CLibrary.function("ioctl");

    private SysIoctl() {}

    /** An ioctl whose argument is a number or nothing; returns what the call returns. */
    public static int ioctl(Fd fd, int request, long argument, String name) throws LinuxException {
        int r = (int) CLibrary.call(IOCTL, fd.number(), Integer.toUnsignedLong(request), argument);
        if (r < 0) {
            throw new LinuxException(CLibrary.errno(), "ioctl", fd + ", " + name);
        }
        return r;
    }

    /** An ioctl whose argument is a structure. */
    public static int ioctl(Fd fd, int request, Struct argument, String name)
            throws LinuxException {
        try {
            return ioctl(fd, request, argument.address(), name);
        } finally {
            Reference.reachabilityFence(argument);
        }
    }
}
