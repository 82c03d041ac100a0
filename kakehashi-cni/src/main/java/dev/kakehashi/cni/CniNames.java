package dev.kakehashi.cni;

import java.nio.charset.StandardCharsets;

/**
 * The rules for what comes from outside and ends in file and device names: container ids and
 * network names (SPEC "Parameters" and "Configuration format") and interface names (the kernel's
 * {@code dev_valid_name}). Texts and codes are the reference library's.
 */
public final class CniNames {
    /** The longest interface name in bytes: IFNAMSIZ without its closing zero (linux/if.h). */
    private static final int MAX_INTERFACE_NAME = 15;

    private CniNames() {}

    /**
     * Accepts a container id: a letter or digit, then letters, digits, {@code _ . -}.
     *
     * @throws CniException code 3 when it is empty, 4 when it has other characters
     */
    public static void checkContainerId(String id) throws CniException {
        if (id.isEmpty()) {
            throw new CniException(CniException.UNKNOWN_CONTAINER, "missing containerID");
        }
        if (!isName(id)) {
            throw new CniException(
                    CniException.INVALID_ENVIRONMENT, "invalid characters in containerID", id);
        }
    }

    /**
     * Accepts a network name: the same characters as a container id.
     *
     * @throws CniException code 7
     */
    public static void checkNetworkName(String name) throws CniException {
        if (name.isEmpty()) {
            throw new CniException(CniException.INVALID_CONFIG, "missing network name:");
        }
        if (!isName(name)) {
            throw new CniException(
                    CniException.INVALID_CONFIG, "invalid characters found in network name", name);
        }
    }

    /**
     * Accepts a name the kernel takes for a network device, at most 15 bytes.
     *
     * @throws CniException code 4
     */
    public static void checkInterfaceName(String name) throws CniException {
        if (name.isEmpty()) {
            throw invalidInterface("interface name is empty", "");
        }
        if (name.length() > MAX_INTERFACE_NAME
                || name.getBytes(StandardCharsets.UTF_8).length > MAX_INTERFACE_NAME) {
            throw invalidInterface(
                    "interface name is too long",
                    "interface name should be less than 16 characters");
        }
        if (name.equals(".") || name.equals("..")) {
            throw invalidInterface("interface name is . or ..", "");
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == '/' || c == ':' || isSpace(c) || c == 0) {
                throw invalidInterface(
                        "interface name contains / or : or whitespace characters", "");
            }
        }
    }

    /** Whether the text is a letter or digit followed by letters, digits, {@code _ . -}. */
    public static boolean isName(String text) {
        if (text.isEmpty() || !isAlphanumeric(text.charAt(0))) {
            return false;
        }
        for (int i = 1; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!isAlphanumeric(c) && c != '_' && c != '.' && c != '-') {
                return false;
            }
        }
        return true;
    }

    private static boolean isAlphanumeric(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }

    /** The Unicode property White_Space. */
    private static boolean isSpace(char c) {
        return (c >= '\t' && c <= '\r') || c == 0x85 || Character.isSpaceChar(c);
    }

    private static CniException invalidInterface(String msg, String details) {
        return new CniException(CniException.INVALID_ENVIRONMENT, msg, details);
    }
}
