package dev.kakehashi.linux.unix;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.kakehashi.linux.Errno;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.SysSocket;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** {@code struct sockaddr_un}. */
final class UnixAddress {
    private static final int SUN_PATH = 2;
    private static final int MAX_PATH = 107; // 108 with the NUL

    private UnixAddress() {}

    static MemorySegment of(Path path, Arena arena) throws LinuxException {
        byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
        if (name.length == 0 || name.length > MAX_PATH) {
            throw new LinuxException(
                    Errno.ENAMETOOLONG.number(),
                    "socket address",
                    "the path of a Unix socket may have 1 to " + MAX_PATH + " bytes: " + path);
        }
        MemorySegment address = arena.allocate(SUN_PATH + name.length + 1L, 2);
        address.set(JAVA_SHORT, 0, (short) SysSocket.AF_UNIX);
        MemorySegment.copy(name, 0, address, JAVA_BYTE, SUN_PATH, name.length);
        return address;
    }
}
