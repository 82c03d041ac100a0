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
            try {
                parts.add(Long.parseUnsignedLong(part));
            } catch (NumberFormatException e) {
                return Optional.empty();
            }
        }
        long most = parts.size() == LARGE ? MAX_LARGE_PART : MAX_PART;
        boolean fits = parts.stream().allMatch(part -> part >= 0 && part <= most);
        return fits && (parts.size() == 2 || parts.size() == LARGE)
                ? Optional.of(new Community(parts))
                : Optional.empty();
    }

    /** As it is written in YAML. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        parts.forEach(part -> text.append(text.isEmpty() ? "" : ":").append(part));
        return text.toString();
    }
}
