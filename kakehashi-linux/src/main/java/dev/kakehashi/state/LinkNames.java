package dev.kakehashi.state;

import java.nio.charset.StandardCharsets;

/** What the kernel takes as an interface name: dev_valid_name(), net/core/dev.c. */
final class LinkNames {
    private static final int MAX_BYTES = 15;

    private LinkNames() {}

    static void check(String name) {
        if (name.isEmpty() || name.equals(".") || name.equals("..")) {
            throw new IllegalArgumentException("invalid interface name \"" + name + "\"");
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == '/' || c == ':' || c == '%' || c <= ' ' || c == 0x7f) {
                throw new IllegalArgumentException(
                        "interface name \"" + name + "\" contains an invalid character");
            }
        }
        if (name.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
            throw new IllegalArgumentException(
                    "interface name \"" + name + "\" is longer than " + MAX_BYTES + " bytes");
        }
    }
}
