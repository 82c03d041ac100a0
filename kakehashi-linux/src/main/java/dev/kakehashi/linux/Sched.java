package dev.kakehashi.linux;

import java.lang.foreign.MemorySegment;

/**
 * {@code <sched.h>}: the namespaces of the calling thread.
 *
 * <p>Only for platform threads of one's own: a virtual thread would change its carrier, and with it
 * every other virtual thread that runs there. {@code dev.kakehashi.linux.netns.Netns} does it
 * safely.
 */
public final class Sched {
    public static final int CLONE_FS = 0x200;
    public static final int CLONE_NEWNS = 0x20000;
    public static final int CLONE_NEWNET = 0x40000000;

    private static final MemorySegment SETNS = CLibrary.function("setns");
    private static final MemorySegment UNSHARE = CLibrary.function("unshare");

    private Sched() {}

    /**
     * Moves the calling thread into a namespace. Equivalent to: {@code nsenter}, for one thread.
     *
     * @param type the {@code CLONE_NEW*} that {@code namespace} must be of, or 0 for any
     */
    public static void setns(Fd namespace, int type) throws LinuxException {
        requirePlatformThread();
        if ((int) CLibrary.call(SETNS, namespace.number(), type) < 0) {
            throw new LinuxException(CLibrary.errno(), "setns", namespace + ", " + types(type));
        }
    }

    /**
     * Moves the calling thread into new namespaces. Equivalent to: {@code unshare}, for one thread.
     */
    public static void unshare(int flags) throws LinuxException {
        requirePlatformThread();
        if ((int) CLibrary.call(UNSHARE, flags) < 0) {
            throw new LinuxException(CLibrary.errno(), "unshare", types(flags));
        }
    }

    private static void requirePlatformThread() {
        if (Thread.currentThread().isVirtual()) {
            throw new IllegalStateException(
                    "a virtual thread must not change namespaces: it would change its carrier thread");
        }
    }

    private static String types(int flags) {
        return switch (flags) {
            case 0 -> "any type";
            case CLONE_FS -> "CLONE_FS";
            case CLONE_NEWNS -> "CLONE_NEWNS";
            case CLONE_NEWNET -> "CLONE_NEWNET";
            default -> "0x" + Integer.toHexString(flags);
        };
    }
}
