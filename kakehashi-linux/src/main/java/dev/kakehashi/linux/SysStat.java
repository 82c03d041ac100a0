package dev.kakehashi.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Instant;
import java.util.OptionalLong;

/**
 * {@code <sys/stat.h>}, by way of {@code statx(2)}, whose structure does not depend on the
 * processor.
 */
public final class SysStat {
    private static final MemorySegment STATX = CLibrary.function("statx");
    private static final int STATX_BASIC_STATS = 0x7ff;

    // Offsets in struct statx of linux/stat.h.
    private static final int STX_MASK = 0;
    private static final int STX_MODE = 28;
    private static final int STX_INO = 32;
    private static final int STX_DEV_MAJOR = 136;
    private static final int STX_DEV_MINOR = 140;
    private static final int STX_MNT_ID = 144;
    private static final int STATX_SIZE = 256;

    private static final int STATX_MNT_ID = 0x1000;

    // struct timespec of 64-bit systems; UTIME_OMIT of linux/stat.h.
    private static final MemorySegment UTIMENSAT = CLibrary.function("utimensat");
    private static final long TIMESPEC_SIZE = 16;
    private static final long TV_NSEC = 8;
    private static final long UTIME_OMIT = (1L << 30) - 2;

    private SysStat() {}

    /**
     * What identifies a file on one machine, and its type and permissions.
     *
     * @param device the device number, major in the upper and minor in the lower half
     * @param mode as {@code st_mode}
     */
    public record Status(long device, long inode, int mode) {}

    /** The status of an open descriptor. */
    public static Status fstat(Fd fd) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment statx = arena.allocate(STATX_SIZE, 8);
            long r =
                    CLibrary.call(
                            STATX,
                            fd.number(),
                            CLibrary.string(arena, ""),
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
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment statx = arena.allocate(STATX_SIZE, 8);
            long r =
                    CLibrary.call(
                            STATX,
                            fd.number(),
                            CLibrary.string(arena, ""),
                            Fcntl.AT_EMPTY_PATH,
                            STATX_MNT_ID,
                            statx.address());
            if ((int) r < 0) {
                throw new LinuxException(CLibrary.errno(), "statx", fd.toString());
            }
            return (statx.get(JAVA_INT, STX_MASK) & STATX_MNT_ID) == 0
                    ? OptionalLong.empty()
                    : OptionalLong.of(statx.get(JAVA_LONG, STX_MNT_ID));
        }
    }

    /** The status of the file at {@code path}; symbolic links are followed. */
    public static Status stat(String path) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment statx = arena.allocate(STATX_SIZE, 8);
            long r =
                    CLibrary.call(
                            STATX,
                            Fcntl.AT_FDCWD,
                            CLibrary.string(arena, path),
                            0,
                            STATX_BASIC_STATS,
                            statx.address());
            return status(r, statx, path);
        }
    }

    /**
     * Sets the modification time of a file; the access time stays. Equivalent to: {@code touch -m
     * -d $time}.
     *
     * @throws LinuxException as {@code utimensat(2)}
     */
    public static void setModified(String path, Instant time) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment times = arena.allocate(TIMESPEC_SIZE * 2, 8);
            times.set(JAVA_LONG, TV_NSEC, UTIME_OMIT);
            times.set(JAVA_LONG, TIMESPEC_SIZE, time.getEpochSecond());
            times.set(JAVA_LONG, TIMESPEC_SIZE + TV_NSEC, time.getNano());
            long r =
                    CLibrary.call(
                            UTIMENSAT,
                            Fcntl.AT_FDCWD,
                            CLibrary.string(arena, path),
                            times.address(),
                            0);
            if ((int) r < 0) {
                throw new LinuxException(CLibrary.errno(), "utimensat", path);
            }
        }
    }

    private static Status status(long result, MemorySegment statx, String what)
            throws LinuxException {
        if ((int) result < 0) {
            throw new LinuxException(CLibrary.errno(), "statx", what);
        }
        long major = Integer.toUnsignedLong(statx.get(JAVA_INT, STX_DEV_MAJOR));
        long minor = Integer.toUnsignedLong(statx.get(JAVA_INT, STX_DEV_MINOR));
        return new Status(
                major << 32 | minor,
                statx.get(JAVA_LONG, STX_INO),
                Short.toUnsignedInt(statx.get(JAVA_SHORT, STX_MODE)));
    }
}
