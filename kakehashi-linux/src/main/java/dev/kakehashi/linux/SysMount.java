package dev.kakehashi.linux;

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

    private static final long MOUNT = CLibrary.function("mount");
    private static final long UMOUNT2 = CLibrary.function("umount2");

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
        try (Memory memory = Memory.open()) {
            long r =
                    CLibrary.call(
                            MOUNT,
                            memory.string(source),
                            memory.string(target),
                            memory.string(type),
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
        try (Memory memory = Memory.open()) {
            if ((int) CLibrary.call(UMOUNT2, memory.string(target), flags) < 0) {
                throw new LinuxException(CLibrary.errno(), "umount2", target);
            }
        }
    }
}
