package dev.kakehashi.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** {@code <sys/mount.h>}. */
public final class SysMount {
    public static final int MS_RDONLY = 1;
    public static final int MS_NOSUID = 2;
    public static final int MS_NODEV = 4;
    public static final int MS_NOEXEC = 8;
    public static final int MS_BIND = 0x1000;
    public static final int MS_REC = 0x4000;
    public static final int MS_PRIVATE = 1 << 18;
    public static final int MS_SLAVE = 1 << 19;
    public static final int MS_SHARED = 1 << 20;
    public static final int MNT_DETACH = 2;

    private static final MemorySegment MOUNT = CLibrary.function("mount");
    private static final MemorySegment UMOUNT2 = CLibrary.function("umount2");

    private SysMount() {}

    /**
     * Mounts in the calling thread's mount namespace. Equivalent to: {@code mount -t $type $source
     * $target}.
     *
     * @param source a device, a path or, for file systems without, any word
     * @param type the file system, or any word where {@code flags} make it meaningless
     */
    public static void mount(String source, String target, String type, int flags)
            throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            long r =
                    CLibrary.call(
                            MOUNT,
                            CLibrary.string(arena, source),
                            CLibrary.string(arena, target),
                            CLibrary.string(arena, type),
                            flags,
                            0);
            if ((int) r < 0) {
                throw new LinuxException(
                        CLibrary.errno(), "mount", source + " on " + target + " type " + type);
            }
        }
    }

    /**
     * Unmounts. Equivalent to: {@code umount $target}, with {@link #MNT_DETACH} {@code umount -l}.
     */
    public static void umount2(String target, int flags) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            if ((int) CLibrary.call(UMOUNT2, CLibrary.string(arena, target), flags) < 0) {
                throw new LinuxException(CLibrary.errno(), "umount2", target);
            }
        }
    }
}
