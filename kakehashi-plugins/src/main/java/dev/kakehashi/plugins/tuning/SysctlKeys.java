package dev.kakehashi.plugins.tuning;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.state.Relation;
import dev.kakehashi.state.Sysctl;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** The names of switches as configurations write them: {@code net.ipv4.conf.IFNAME.arp_notify}. */
final class SysctlKeys {

    /** Stands for the interface that the call is about. */
    static final String INTERFACE = "IFNAME";

    private SysctlKeys() {}

    /**
     * A switch. Dots and slashes both separate. What was before comes back if ADD fails, but not on
     * DEL: others may have come to rely on a switch of their namespace.
     *
     * @throws CniException code 7 when it is none below {@code /proc/sys/net}
     */
    static Sysctl parse(String key, String ifName, String value) throws CniException {
        String text = key.replace('.', '/');
        int at = text.indexOf(INTERFACE);
        boolean ofInterface = at >= 0;
        if (ofInterface) {
            text = text.substring(0, at) + Sysctl.DEVICE + text.substring(at + INTERFACE.length());
        }
        Optional<String> path = clean(text);
        if (path.isEmpty() || key.contains(Sysctl.DEVICE)) {
            throw invalid(key, ifName);
        }
        try {
            return new Sysctl(
                    path.get(),
                    Relation.OWNED,
                    ofInterface ? Optional.of(ifName) : Optional.empty(),
                    value,
                    true);
        } catch (IllegalArgumentException e) {
            throw invalid(key, ifName);
        }
    }

    /** The path without empty parts and dots; empty when it leaves {@code net}. */
    private static Optional<String> clean(String path) {
        Deque<String> parts = new ArrayDeque<>();
        for (String part : path.split("/", -1)) {
            if (part.equals("..")) {
                return Optional.empty();
            }
            if (!part.isEmpty() && !part.equals(".")) {
                parts.add(part);
            }
        }
        boolean inNet = parts.size() > 1 && "net".equals(parts.peekFirst());
        return inNet && path.indexOf('\0') < 0
                ? Optional.of(String.join("/", parts))
                : Optional.empty();
    }

    /** The reference plugin names the file, not the key. */
    private static CniException invalid(String key, String ifName) {
        String file = key.replace('.', '/').replace(INTERFACE, ifName);
        return new CniException(
                CniException.INVALID_CONFIG,
                "invalid net sysctl key: \"" + file + "\"",
                "only switches below /proc/sys/net belong to a network");
    }
}
