package dev.kakehashi.cluster;

import java.util.Optional;

/**
 * Names of objects: the DNS subdomain names of Kubernetes (RFC 1123; "Object Names and IDs" in the
 * Kubernetes documentation). Such a name is also a safe file name: it holds no slash, does not
 * start with a dot and is never {@code ..}.
 */
public final class ObjectName {
    private static final int MAX_LENGTH = 253;
    private static final int MAX_LABEL = 63;

    private ObjectName() {}

    /** Says what is wrong with {@code name}; empty when it may be used. */
    public static Optional<String> problemOf(String name) {
        if (name.isEmpty()) {
            return Optional.of("a name must not be empty");
        }
        if (name.length() > MAX_LENGTH) {
            return Optional.of(
                    "a name has at most "
                            + MAX_LENGTH
                            + " characters, this one has "
                            + name.length());
        }
        for (String label : name.split("\\.", -1)) {
            if (!isLabel(label)) {
                return Optional.of(
                        "'"
                                + printable(name)
                                + "' is not a name: lower-case letters, digits and '-' in labels of at most "
                                + MAX_LABEL
                                + " characters joined by '.', each beginning and ending with a letter or digit");
            }
        }
        return Optional.empty();
    }

    private static boolean isLabel(String label) {
        if (label.isEmpty()
                || label.length() > MAX_LABEL
                || label.startsWith("-")
                || label.endsWith("-")) {
            return false;
        }
        return label.chars()
                .allMatch(c -> c == '-' || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'));
    }

    /** Names come from outside: a terminal must not be made to interpret them. */
    private static String printable(String name) {
        StringBuilder text = new StringBuilder();
        name.codePoints().forEach(c -> text.appendCodePoint(Character.isISOControl(c) ? '?' : c));
        return text.toString();
    }
}
