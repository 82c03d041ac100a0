package dev.kakehashi.linux.sysctl;

import dev.kakehashi.linux.Errno;
import dev.kakehashi.linux.Fcntl;
import dev.kakehashi.linux.Fd;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.Memory;
import dev.kakehashi.linux.Struct;
import dev.kakehashi.linux.Unistd;
import dev.kakehashi.linux.netns.Netns;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Reads and writes kernel settings. {@code /proc/sys/net} shows those of the calling thread's
 * network namespace, so the methods without one are for {@link Netns#call}.
 */
public final class Sysctl {
    private static final int MAX_VALUE = 4096;

    private Sysctl() {}

    /** A setting of a namespace. Equivalent to: {@code sysctl -n $name}. */
    public static String read(Netns netns, SysctlName name) throws IOException {
        return netns.<String, IOException>call(() -> read(name));
    }

    /**
     * A setting of the calling thread's namespace, without the line end.
     *
     * @throws LinuxException with ENOENT when there is no such setting
     */
    public static String read(SysctlName name) throws LinuxException {
        return read(SysctlTree.ALL, name);
    }

    /** As {@link #read(SysctlName)}, where the directories of the namespace are open. */
    public static String read(SysctlTree tree, SysctlName name) throws LinuxException {
        try (Fd fd = open(tree, name, Fcntl.O_RDONLY);
                Memory memory = Memory.open()) {
            Struct buffer = memory.buffer(MAX_VALUE);
            int length = Unistd.read(fd, buffer);
            return new String(buffer.toBytes(0, length), StandardCharsets.UTF_8).strip();
        }
    }

    /** Writes a setting of a namespace. Equivalent to: {@code sysctl -w $name=$value}. */
    public static void write(Netns netns, SysctlName name, String value) throws IOException {
        netns.<IOException>run(() -> write(name, value));
    }

    /**
     * Writes a setting of the calling thread's namespace.
     *
     * @throws LinuxException with ENOENT when there is no such setting, EINVAL when it does not
     *     take the value, EROFS when {@code /proc/sys} is mounted read-only
     */
    public static void write(SysctlName name, String value) throws LinuxException {
        write(SysctlTree.ALL, name, value);
    }

    /** As {@link #write(SysctlName, String)}, where the directories of the namespace are open. */
    public static void write(SysctlTree tree, SysctlName name, String value) throws LinuxException {
        byte[] text = (value + "\n").getBytes(StandardCharsets.UTF_8);
        try (Fd fd = open(tree, name, Fcntl.O_WRONLY);
                Memory memory = Memory.open()) {
            int _ = Unistd.write(fd, memory.copyOf(text));
        } catch (LinuxException e) {
            throw e.operation().equals("write")
                    ? new LinuxException(e.errno(), "sysctl", name + " = " + value)
                    : e;
        }
    }

    /**
     * Writes a setting of the calling thread's namespace unless it has the value: some settings do
     * more than store when they are written ({@code forwarding} resets others), and {@code
     * /proc/sys} may be read-only where all is well.
     *
     * @return the value that it had, if it was another
     */
    public static Optional<String> ensure(SysctlName name, String value) throws LinuxException {
        String before = read(name);
        if (same(before, value)) {
            return Optional.empty();
        }
        write(name, value);
        return Optional.of(before);
    }

    /**
     * As {@link #ensure(SysctlName, String)} in a namespace, for several settings at once; returns
     * those that were changed.
     */
    public static Map<SysctlName, String> ensure(Netns netns, Map<SysctlName, String> values)
            throws IOException {
        return netns.<Map<SysctlName, String>, IOException>call(() -> {
            Map<SysctlName, String> before = new LinkedHashMap<>();
            for (Map.Entry<SysctlName, String> wanted : values.entrySet()) {
                ensure(wanted.getKey(), wanted.getValue())
                        .ifPresent(old -> before.put(wanted.getKey(), old));
            }
            return before;
        });
    }

    /** Whether two values say the same: numbers in lists may be separated by any white space. */
    public static boolean same(String one, String other) {
        return one.equals(other) || words(one).equals(words(other));
    }

    private static String words(String value) {
        StringBuilder words = new StringBuilder(value.length());
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            boolean blank = Character.isWhitespace(c);
            if (!blank) {
                words.append(c);
            } else if (!words.isEmpty() && words.charAt(words.length() - 1) != ' ') {
                words.append(' ');
            }
        }
        return words.toString().strip();
    }

    private static Fd open(SysctlTree tree, SysctlName name, int flags) throws LinuxException {
        try {
            return tree.open(name, flags);
        } catch (LinuxException e) {
            String hint = e.is(Errno.ENOENT) ? " (the kernel has no such setting)" : "";
            throw new LinuxException(e.errno(), "sysctl", name + hint);
        }
    }
}
