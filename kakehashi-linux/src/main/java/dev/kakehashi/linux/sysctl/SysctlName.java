package dev.kakehashi.linux.sysctl;

import java.util.Optional;

/**
 * The name of a kernel setting, as sysctl(8) takes it: {@code net.ipv4.ip_forward}. If the first
 * separator is a slash, slashes separate and dots are ordinary ({@code
 * net/ipv4/conf/eth0.100/forwarding}); else dots separate and slashes stand for dots ({@code
 * net.ipv4.conf.eth0/100.forwarding}).
 */
public final class SysctlName {
    private static final String ROOT = "/proc/sys/";

    private final String path;

    private SysctlName(String path) {
        this.path = path;
    }

    /**
     * Reads a name in either form.
     *
     * @throws IllegalArgumentException when a part is empty, {@code .} or {@code ..}: it could
     *     leave {@code /proc/sys}
     */
    public static SysctlName parse(String text) {
        int dot = text.indexOf('.');
        int slash = text.indexOf('/');
        boolean dotted = dot >= 0 && (slash < 0 || dot < slash);
        StringBuilder path = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (dotted && c == '.') {
                path.append('/');
            } else if (dotted && c == '/') {
                path.append('.');
            } else {
                path.append(c);
            }
        }
        return checked(path.toString(), text);
    }

    /**
     * The name made of parts, each of which may hold dots: {@code of("net", "ipv4", "conf",
     * "eth0.100", "rp_filter")}.
     */
    public static SysctlName of(String... parts) {
        for (String part : parts) {
            if (part.indexOf('/') >= 0) {
                throw notAName(String.join("/", parts));
            }
        }
        String path = String.join("/", parts);
        return checked(path, path);
    }

    private static SysctlName checked(String path, String text) {
        int start = 0;
        while (start <= path.length()) {
            int end = path.indexOf('/', start);
            end = end < 0 ? path.length() : end;
            String part = path.substring(start, end);
            if (part.isEmpty()
                    || part.equals(".")
                    || part.equals("..")
                    || part.indexOf('\0') >= 0) {
                throw notAName(text);
            }
            start = end + 1;
        }
        return new SysctlName(path);
    }

    private static IllegalArgumentException notAName(String text) {
        return new IllegalArgumentException("not the name of a kernel setting: \"" + text + "\"");
    }

    /** The file. */
    String file() {
        return ROOT + path;
    }

    /** The file below a directory of settings, {@code net/ipv4/}; empty if it is elsewhere. */
    Optional<String> below(String directory) {
        return path.startsWith(directory)
                ? Optional.of(path.substring(directory.length()))
                : Optional.empty();
    }

    /** The file of a directory of settings. */
    static String directory(String path) {
        return ROOT + path;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SysctlName name && path.equals(name.path);
    }

    @Override
    public int hashCode() {
        return path.hashCode();
    }

    /** With dots; parts that hold dots show them as slashes, as sysctl(8) does. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(path.length());
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            text.append(c == '/' ? '.' : c == '.' ? '/' : c);
        }
        return text.toString();
    }
}
