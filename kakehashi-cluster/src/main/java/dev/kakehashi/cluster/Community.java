package dev.kakehashi.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A BGP community: two numbers of 16 bits (RFC 1997), or three of 32, a large one (RFC 8092).
 *
 * @param parts the numbers
 */
public record Community(List<Long> parts) {
    private static final int LARGE = 3;

    /** Of the greatest number of 32 bits. */
    private static final int MOST_DIGITS = 10;

    private static final long MAX_PART = 0xffff;
    private static final long MAX_LARGE_PART = 0xffffffffL;

    /** Copies the numbers. */
    public Community {
        parts = List.copyOf(parts);
    }

    /** Whether it is a large one. */
    public boolean isLarge() {
        return parts.size() == LARGE;
    }

    /** Reads {@code 64512:100} or {@code 64512:1:100}; empty for anything else. */
    public static Optional<Community> parse(String text) {
        List<Long> parts = new ArrayList<>();
        for (String part : text.split(":", -1)) {
            if (part.isEmpty() || part.length() > MOST_DIGITS || !isDigits(part)) {
                return Optional.empty();
            }
            parts.add(Long.parseLong(part));
        }
        long most = parts.size() == LARGE ? MAX_LARGE_PART : MAX_PART;
        boolean fits = parts.stream().allMatch(part -> part <= most);
        return fits && (parts.size() == 2 || parts.size() == LARGE)
                ? Optional.of(new Community(parts))
                : Optional.empty();
    }

    private static boolean isDigits(String part) {
        return part.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    /** As it is written in YAML. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        parts.forEach(part -> text.append(text.isEmpty() ? "" : ":").append(part));
        return text.toString();
    }
}
