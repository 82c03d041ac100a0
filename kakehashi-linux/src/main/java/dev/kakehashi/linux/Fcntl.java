package dev.kakehashi.linux;

import java.nio.file.Path;

/** {@code <fcntl.h>}. */
public final class Fcntl {
    /** Values of asm-generic/fcntl.h that are the same on every supported processor. */
    public static final int O_RDONLY = 0;

    public static final int O_WRONLY = 1;
    public static final int O_RDWR = 2;
    public static final int O_CREAT = 0x40;
    public static final int O_EXCL = 0x80;
    public static final int O_APPEND = 0x400;
    public static final int O_NONBLOCK = 0x800;
    public static final int O_CLOEXEC = 0x80000;
    public static final int O_PATH = 0x200000;

    static final int AT_FDCWD = -100;
    static final int AT_EMPTY_PATH = 0x1000;

    private static final long OPENAT = CLibrary.function("openat");

    private Fcntl() {}

    /**
     * Opens a file; {@code O_CLOEXEC} is added.
     *
     * @param flags {@code O_*}
     * @param mode permissions of a file that is created, less the umask
     * @throws LinuxException as {@code open(2)}
     */
    public static Fd open(Path path, int flags, int mode) throws LinuxException {
        return open(path.toString(), flags, mode);
    }

    /** As {@link #open(Path, int, int)} for a path that is known to need no parsing. */
    public static Fd open(String path, int flags, int mode) throws LinuxException {
        return openAt(AT_FDCWD, path, flags, mode);
    }

    /**
     * Opens a file below a directory that is open; {@code O_CLOEXEC} is added.
     *
     * @param path relative to the directory
     * @throws LinuxException as {@code openat(2)}
     */
    public static Fd openAt(Fd directory, String path, int flags) throws LinuxException {
        return openAt(directory.number(), path, flags, 0);
    }

    private static Fd openAt(int directory, String path, int flags, int mode)
            throws LinuxException {
        try (Memory memory = Memory.open()) {
            long cPath = memory.string(path);
            while (true) {
                int fd = (int) CLibrary.call(OPENAT, directory, cPath, flags | O_CLOEXEC, mode);
                if (fd >= 0) {
                    return Fd.own(fd);
                }
                int errno = CLibrary.errno();
                if (errno != Errno.EINTR.number()) {
                    throw new LinuxException(errno, "open", path);
                }
            }
        }
    }
}
