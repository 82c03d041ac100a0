package dev.kakehashi.cni.json;

import java.util.OptionalLong;

/**
 * A JSON number, kept as it was written so that passing it on changes nothing ({@code 1e3} stays
 * {@code 1e3}).
 *
 * @param literal the number's text, in JSON syntax
 */
public record JsonNumber(String literal) implements JsonValue {
    private static final int MAX_LONG_DIGITS = 20;

    /** A whole number. */
    public static JsonNumber of(long value) {
        return new JsonNumber(Long.toString(value));
    }

    /** The value if it is written as an integer (no fraction, no exponent) and fits 64 bits. */
    public OptionalLong asLong() {
        if (literal.length() > MAX_LONG_DIGITS) {
            return OptionalLong.empty();
        }
        for (int i = 0; i < literal.length(); i++) {
            char c = literal.charAt(i);
            if ((c < '0' || c > '9') && (i > 0 || c != '-')) {
                return OptionalLong.empty();
            }
        }
        try {
            return OptionalLong.of(Long.parseLong(literal));
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    @Override
    public String kind() {
        return "a number";
    }

    @Override
    public String toString() {
        return literal;
    }
}
