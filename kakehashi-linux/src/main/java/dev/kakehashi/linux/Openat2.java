package dev.kakehashi.linux;

/**
 * {@code <linux/openat2.h>}: opening below a directory that names cannot leave. The C library has
 * no function for it.
 */
public final class Openat2 {
    private static final long SYSCALL = CLibrary.function("syscall");

    /** The same on all processors: later system calls share one table (asm-generic/unistd.h). */
    private static final int SYS_OPENAT2 = 437;

    private static final int RESOLVE_NO_MAGICLINKS = 0x02;
    private static final int RESOLVE_IN_ROOT = 0x10;
    private static final int ATTEMPTS = 16;

    // struct open_how: flags, mode, resolve.
    private static final int OPEN_HOW = 24;

    private Openat2() {}

    /**
     * Opens a file as a process would whose root directory is {@code root}: absolute paths and
     * symbolic links start there, and {@code ..} does not leave it. {@code O_CLOEXEC} is added.
     *
     * @param mode permissions if {@code flags} create a file, else 0
     * @throws LinuxException as {@code openat2(2)}
     */
    public static Fd inRoot(Fd root, String path, int flags, int mode) throws LinuxException {
        try (Memory memory = Memory.open()) {
            Struct how = memory.struct(OPEN_HOW);
            how.putLong(0, Integer.toUnsignedLong(flags | Fcntl.O_CLOEXEC));
            how.putLong(8, mode);
            how.putLong(16, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
            long name = memory.string(path);
            int errno = 0;
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                long fd =
                        CLibrary.call(
                                SYSCALL, SYS_OPENAT2, root.number(), name, how.address(), OPEN_HOW);
                if (fd >= 0) {
                    return Fd.own((int) fd);
                }
                errno = CLibrary.errno();
                // EAGAIN: something was renamed meanwhile, so that ".." could not be judged.
                if (errno != Errno.EAGAIN.number() && errno != Errno.EINTR.number()) {
                    break;
                }
            }
            throw new LinuxException(errno, "openat2", path + " in root " + root);
        }
    }
}
