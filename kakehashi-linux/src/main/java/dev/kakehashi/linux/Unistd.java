package dev.kakehashi.linux;

import java.lang.ref.Reference;

/** {@code <unistd.h>}. */
public final class Unistd {
    private static final long CLOSE = CLibrary.function("close");
    private static final long READ = CLibrary.function("read");
    private static final long WRITE = CLibrary.function("write");
    private static final long FTRUNCATE = CLibrary.function("ftruncate");
    private static final long FSYNC = CLibrary.function("fsync");
    private static final long FDATASYNC = CLibrary.function("fdatasync");

    private Unistd() {}

    static void close(int fd) {
        // EINTR is not retried: Linux has released the descriptor already.
        CLibrary.call(CLOSE, fd);
    }

    /**
     * Reads at most the size of {@code buffer}; 0 at the end of the file. Retried after a signal.
     *
     * @throws LinuxException as {@code read(2)}
     */
    public static int read(Fd fd, Struct buffer) throws LinuxException {
        while (true) {
            long n;
            try {
                n = CLibrary.call(READ, fd.number(), buffer.address(), buffer.size());
            } finally {
                Reference.reachabilityFence(buffer);
            }
            if (n >= 0) {
                return (int) n;
            }
            failUnlessInterrupted("read", fd);
        }
    }

    /**
     * Writes {@code buffer} or its beginning and returns how much. Retried after a signal.
     *
     * @throws LinuxException as {@code write(2)}
     */
    public static int write(Fd fd, Struct buffer) throws LinuxException {
        while (true) {
            long n;
            try {
                n = CLibrary.call(WRITE, fd.number(), buffer.address(), buffer.size());
            } finally {
                Reference.reachabilityFence(buffer);
            }
            if (n >= 0) {
                return (int) n;
            }
            failUnlessInterrupted("write", fd);
        }
    }

    /** Writes all of {@code bytes}. */
    public static void writeAll(Fd fd, byte[] bytes) throws LinuxException {
        try (Memory memory = Memory.open()) {
            Struct rest = memory.copyOf(bytes);
            while (rest.size() > 0) {
                int n = write(fd, rest);
                rest = rest.slice(n, rest.size() - n);
            }
        }
    }

    /**
     * Makes the file that long. Retried after a signal.
     *
     * @param size octets
     */
    public static void ftruncate(Fd fd, long size) throws LinuxException {
        while ((int) CLibrary.call(FTRUNCATE, fd.number(), size) < 0) {
            failUnlessInterrupted("ftruncate", fd);
        }
    }

    /** Waits until the file's data and metadata are on disk; of a directory: its entries. */
    public static void fsync(Fd fd) throws LinuxException {
        sync(FSYNC, "fsync", fd);
    }

    /** Waits until the file's data are on disk, and of the metadata what is needed to read them. */
    public static void fdatasync(Fd fd) throws LinuxException {
        sync(FDATASYNC, "fdatasync", fd);
    }

    private static void sync(long function, String name, Fd fd) throws LinuxException {
        while ((int) CLibrary.call(function, fd.number()) < 0) {
            failUnlessInterrupted(name, fd);
        }
    }

    private static void failUnlessInterrupted(String call, Fd fd) throws LinuxException {
        int errno = CLibrary.errno();
        if (errno != Errno.EINTR.number()) {
            throw new LinuxException(errno, call, fd.toString());
        }
    }
}
