package dev.kakehashi.state.engine;

import dev.kakehashi.linux.Errno;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.sysctl.Sysctl;
import dev.kakehashi.linux.sysctl.SysctlName;
import dev.kakehashi.linux.sysctl.SysctlTree;

import java.util.Optional;

/** The switches of the calling thread's network namespace, by their paths below /proc/sys. */
final class SysctlFiles {

    private SysctlFiles() {}

    /** The value without the final line break; empty if the kernel has no such switch. */
    static Optional<String> read(SysctlTree tree, String file) throws LinuxException {
        try {
            return Optional.of(Sysctl.read(tree, SysctlName.parse(file)));
        } catch (LinuxException e) {
            if (e.is(Errno.ENOENT)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Equivalent to: {@code sysctl -w}. */
    static void write(SysctlTree tree, String file, String value) throws LinuxException {
        Sysctl.write(tree, SysctlName.parse(file), value);
    }
}
