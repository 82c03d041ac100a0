package dev.kakehashi.linux;

import java.time.Instant;
import java.util.OptionalLong;

/**
 * {@code <sys/stat.h>}, by way of {@code statx(2)}, whose structure does not depend on the
 * processor.
 */
public final class SysStat {
    private static final long STATX = CLibrary.function("statx");
    private static final int STATX_BASIC_STATS = 0x7ff;

    // Offsets in struct statx of linux/stat.h.
    private static final int STX_MASK = 0;
    private static final int STX_MODE = 28;
    private static final int STX_INO = 32;
    private static final int STX_SIZE = 40;
    private static final int STX_DEV_MAJOR = 136;
    private static final int STX_DEV_MINOR = 140;
    private static final int STX_MNT_ID = 144;
    private static final int STATX_SIZE = 256;

    private static final int STATX_MNT_ID = 0x1000;

    // struct timespec of 64-bit systems; UTIME_OMIT of linux/stat.h.
    private static final long UTIMENSAT = CLibrary.function("utimensat");
    private static final int TIMESPEC_SIZE = 16;
    private static final int TV_NSEC = 8;
    private static final long UTIME_OMIT = (1L << 30) - 2;

    private SysStat() {}

    /**
     * What identifies a file on one machine, and its type and permissions.
     *
     * @param device the device number, major in the upper and minor in the lower half
     * @param mode as {@code st_mode}
     * @param size octets of a regular file
     */
    public record Status(long device, long inode, int mode, long size) {}

    /** The status of an open descriptor. */
    public static Status fstat(Fd fd) throws LinuxException {
        try (Memory memory = Memory.open()) {
            Struct statx = memory.struct(STATX_SIZE);
            long r =
                    CLibrary.call(
                            STATX,
                            fd.number(),
                            memory.string(""),
                            Fcntl.AT_EMPTY_PATH,
                            STATX_BASIC_STATS,
                            statx.address());
            return status(r, statx, fd.toString());
        }
    }

    /**
     * The mount that an open file is on. No other mount of the running system has the same number,
     * whatever its mount namespace; empty on kernels before 5.8.
     */
    public static OptionalLong mountId(Fd fd) throws LinuxException {
        try (Memory memory = Memory.open()) {
            Struct statx = memory.struct(STATX_SIZE);
            long r =
                    CLibrary.call(
                            STATX,
                            fd.number(),
                            memory.string(""),
                            Fcntl.AT_EMPTY_PATH,
                            STATX_MNT_ID,
                            statx.address());
            if ((int) r < 0) {
                throw new LinuxException(CLibrary.errno(), "statx", fd.toString());
            }
            return (statx.getInt(STX_MASK) & STATX_MNT_ID) == 0
                    ? OptionalLong.empty()
                    : OptionalLong.of(statx.getLong(STX_MNT_ID));
        }
    }

    /** The status of the file at {@code path}; symbolic links are followed. */
    public static Status stat(String path) throws LinuxException {
        try (Memory memory = Memory.open()) {
            Struct statx = memory.struct(STATX_SIZE);
            long r =
                    CLibrary.call(
                            STATX,
                            Fcntl.AT_FDCWD,
                            memory.string(path),
                            0,
                            STATX_BASIC_STATS,
                            statx.address());
            return status(r, statx, path);
        }
    }

    /**
     * Whether there is a file at {@code path}; symbolic links are followed. An exception, with the
     * stack of whoever asks, takes longer than the call: where there mostly is none, ask this.
     *
     * @throws LinuxException when it cannot be told
     */
    public static boolean exists(String path) throws LinuxException {
        try (Memory memory = Memory.open()) {
            long r =
                    CLibrary.call(
                            STATX,
                            Fcntl.AT_FDCWD,
                            memory.string(path),
                            0,
                            0,
                            memory.struct(STATX_SIZE).address());
            if ((int) r == 0) {
                return true;
            }
            int errno = CLibrary.errno();
            if (errno == Errno.ENOENT.number()) {
                return false;
            }
            throw new LinuxException(errno, "statx", path);
        }
    }

    /**
     * Sets the modification time of a file; the access time stays. Equivalent to: {@code touch -m
     * -d $time}.
     *
     * @throws LinuxException as {@code utimensat(2)}
     */
    public static void setModified(String path, Instant time) throws LinuxException {
        try (Memory memory = Memory.open()) {
            Struct times = memory.struct(TIMESPEC_SIZE * 2);
            times.putLong(TV_NSEC, UTIME_OMIT);
            times.putLong(TIMESPEC_SIZE, time.getEpochSecond());
            times.putLong(TIMESPEC_SIZE + TV_NSEC, time.getNano());
            long r =
                    CLibrary.call(
                            UTIMENSAT, Fcntl.AT_FDCWD, memory.string(path), times.address(), 0);
            if ((int) r < 0) {
                throw new LinuxException(CLibrary.errno(), "utimensat", path);
            }
        }
    }

    private static Status status(long result, Struct statx, String what) throws LinuxException {
        if ((int) result < 0) {
            throw new LinuxException(CLibrary.errno(), "statx", what);
        }
        long major = Integer.toUnsignedLong(statx.getInt(STX_DEV_MAJOR));
        long minor = Integer.toUnsignedLong(statx.getInt(STX_DEV_MINOR));
        return new Status(
                major << 32 | minor,
                statx.getLong(STX_INO),
                Short.toUnsignedInt(statx.getShort(STX_MODE)),
                statx.getLong(STX_SIZE));
    }
}
