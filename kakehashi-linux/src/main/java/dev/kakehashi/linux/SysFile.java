package dev.kakehashi.linux;

/** {@code <sys/file.h>}: advisory locks on whole files. */
public final class SysFile {
    private static final long FLOCK = CLibrary.function("flock");

    // asm-generic/fcntl.h
    private static final int LOCK_EX = 2;
    private static final int LOCK_NB = 4;

    private SysFile() {}

    /**
     * Takes the exclusive lock of an open file unless another descriptor holds one; it is held
     * until the descriptor is closed. This is not the lock that {@link java.nio.channels.FileLock}
     * takes (that is {@code fcntl(2)}'s, which is per process and does not know this one).
     * Equivalent to: {@code flock --exclusive --nonblock}.
     *
     * @return whether the lock is held now
     * @throws LinuxException as {@code flock(2)}
     */
    public static boolean tryLockExclusive(Fd file) throws LinuxException {
        while ((int) CLibrary.call(FLOCK, file.number(), LOCK_EX | LOCK_NB) < 0) {
            int errno = CLibrary.errno();
            if (errno == Errno.EAGAIN.number()) {
                return false;
            }
            if (errno != Errno.EINTR.number()) {
                throw new LinuxException(errno, "flock", file.toString());
            }
        }
        return true;
    }
}
