package dev.kakehashi.ipam.dhcp.daemon;

import dev.kakehashi.linux.Errno;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.UnixSocket;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

/**
 * Where the daemon takes connections: at the socket that systemd has passed (sd_listen_fds(3)), or
 * one of its own.
 *
 * @param own whether the path is this process's to remove
 */
record Listener(UnixSocket socket, boolean own) {

    /** {@code SD_LISTEN_FDS_START}. */
    private static final int FIRST = 3;

    private static final int BACKLOG = 128;

    static Listener open(Path path, Map<String, String> environment, long pid) throws IOException {
        int passed = passed(environment, pid);
        if (passed > 1) {
            throw new IOException(
                    "Error getting listener: Too many ("
                            + passed
                            + ") FDs passed through socket activation");
        }
        return passed == 1
                ? new Listener(UnixSocket.inherited(FIRST), false)
                : new Listener(bind(path), true);
    }

    /** How many sockets are for this process, and not for one that it descends from. */
    private static int passed(Map<String, String> environment, long pid) {
        try {
            return Long.parseLong(environment.getOrDefault("LISTEN_PID", "0")) == pid
                    ? Integer.parseInt(environment.getOrDefault("LISTEN_FDS", "0"))
                    : 0;
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private static UnixSocket bind(Path path) throws IOException {
        Path directory = path.getParent();
        if (directory != null && !Files.isDirectory(directory)) {
            Files.createDirectories(
                    directory,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
        }
        try {
            return UnixSocket.listen(path, BACKLOG);
        } catch (LinuxException e) {
            if (!e.is(Errno.EADDRINUSE) || isServed(path)) {
                throw new IOException("Error getting listener: " + e.getMessage(), e);
            }
        }
        Files.delete(path); // of a daemon that was killed
        return UnixSocket.listen(path, BACKLOG);
    }

    private static boolean isServed(Path path) throws LinuxException {
        try {
            UnixSocket.connect(path).close();
            return true;
        } catch (LinuxException e) {
            if (e.is(Errno.ECONNREFUSED)) {
                return false;
            }
            throw e;
        }
    }
}
