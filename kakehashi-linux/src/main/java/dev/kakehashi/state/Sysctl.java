package dev.kakehashi.state;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Optional;

/**
 * A kernel switch of a network namespace. Equivalent to: {@code sysctl -w KEY=VALUE}.
 *
 * <p>Owned: its value before is recorded and comes back on removal, unless the link it belongs to
 * has gone. Shared: others may have come to need it, like {@code ip_forward}; it is set and never
 * turned back.
 *
 * @param path below /proc/sys, with slashes; it begins with {@code net/}. If there is a device the
 *     path has {@value #DEVICE} where its name goes
 * @param relation owned or shared
 * @param device the link that the switch is of
 * @param value as the kernel prints it
 * @param required whether a kernel that lacks the switch or refuses the value is an error
 */
public record Sysctl(
        String path, Relation relation, Optional<String> device, String value, boolean required)
        implements Resource {

    /** Stands for the interface name in a path. */
    public static final String DEVICE = "{dev}";

    /** A switch is known by its path. */
    public record Key(String file) implements ResourceKey {
        // Written out: see NetnsId.equals.
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Key key && file.equals(key.file);
        }

        @Override
        public int hashCode() {
            return file.hashCode();
        }

        @Override
        public String toString() {
            return "sysctl " + file.replace('/', '.');
        }
    }

    public Sysctl {
        if (!path.startsWith("net/") || path.contains("/../") || path.endsWith("/..")) {
            throw new IllegalArgumentException("invalid net sysctl key: \"" + path + "\"");
        }
        device.ifPresent(LinkNames::check);
        if (path.contains(DEVICE) != device.isPresent()) {
            throw new IllegalArgumentException(
                    "sysctl "
                            + path
                            + (device.isPresent() ? ": no place for" : " needs")
                            + " a device");
        }
    }

    @Override
    public List<String> devices() {
        return device.map(List::of).orElse(List.of());
    }

    @Override
    public Key key() {
        return new Key(file());
    }

    /** The path below /proc/sys with the device's name in it. */
    public String file() {
        if (device.isEmpty()) {
            return path;
        }
        int at = path.indexOf(DEVICE);
        return path.substring(0, at) + device.get() + path.substring(at + DEVICE.length());
    }

    /** A switch of the namespace that is set and never turned back. */
    public static Sysctl shared(String path, String value) {
        return new Sysctl(path, Relation.SHARED, Optional.empty(), value, true);
    }

    /**
     * A switch of a link that others made, {@code net/ipv6/conf/{dev}/KEY}, that is set and never
     * turned back. It is set before the switches of the namespace, which may do to the link what it
     * keeps them from.
     */
    public static Sysctl sharedIpv6(String device, String key, String value) {
        return new Sysctl(
                "net/ipv6/conf/" + DEVICE + "/" + key,
                Relation.SHARED,
                Optional.of(device),
                value,
                true);
    }

    /** A switch of the namespace that gets its old value back on removal. */
    public static Sysctl owned(String path, String value) {
        return new Sysctl(path, Relation.OWNED, Optional.empty(), value, true);
    }

    /** A switch of a link, {@code net/ipv4/conf/{dev}/KEY}. */
    public static Sysctl ipv4(String device, String key, String value) {
        return of(device, "net/ipv4/conf/" + DEVICE + "/" + key, value);
    }

    /** A switch of a link, {@code net/ipv6/conf/{dev}/KEY}. */
    public static Sysctl ipv6(String device, String key, String value) {
        return of(device, "net/ipv6/conf/" + DEVICE + "/" + key, value);
    }

    private static Sysctl of(String device, String path, String value) {
        return new Sysctl(path, Relation.OWNED, Optional.of(device), value, true);
    }

    /** The same, but a kernel that lacks the switch or refuses the value is no error. */
    public Sysctl optional() {
        return new Sysctl(path, relation, device, value, false);
    }

    /** The same with another value. */
    public Sysctl withValue(String other) {
        return new Sysctl(path, relation, device, other, required);
    }
}
