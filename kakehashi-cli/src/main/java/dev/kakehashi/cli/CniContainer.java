package dev.kakehashi.cli;

import dev.kakehashi.cni.CniAttachment;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** The names that the reference's cnitool gives to what has none. */
final class CniContainer {
    private static final String PREFIX = "cnitool-";
    private static final int DIGEST_BYTES = 10;

    private CniContainer() {}

    /** The absolute path, without {@code .} and {@code ..}, of a network namespace. */
    static String netns(String path) {
        return Path.of(path).toAbsolutePath().normalize().toString();
    }

    /** The container id that stands for a network namespace: a digest of its path. */
    static String idOf(String absoluteNetns) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-512")
                            .digest(absoluteNetns.getBytes(StandardCharsets.UTF_8));
            return PREFIX + HexFormat.of().formatHex(Arrays.copyOf(digest, DIGEST_BYTES));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-512", e);
        }
    }

    /**
     * Reads {@code NETNS[:IFNAME]} or {@code ID[:IFNAME]}. A container id has no slash, the path of
     * a namespace must have one.
     *
     * @param defaultIfName the interface where none is named
     */
    static CniAttachment attachment(String text, String defaultIfName) {
        int colon = text.lastIndexOf(':');
        boolean named = colon >= 0 && text.indexOf('/', colon) < 0;
        String container = named ? text.substring(0, colon) : text;
        String ifName = named ? text.substring(colon + 1) : defaultIfName;
        if (container.isEmpty() || ifName.isEmpty()) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is not NETNS[:IFNAME] or ID[:IFNAME]");
        }
        return new CniAttachment(
                container.indexOf('/') >= 0 ? idOf(netns(container)) : container, ifName);
    }
}
