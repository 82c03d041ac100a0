package dev.kakehashi.ipam.dhcp.daemon;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;

/**
 * Times as Go's {@code time.ParseDuration} reads them: {@code 10s}, {@code 1m30s}, {@code 1.5h}.
 */
final class GoDuration {

    private static final Map<String, Long> NANOS =
            Map.of(
                    "ns", 1L,
                    "us", 1_000L,
                    "µs", 1_000L,
                    "ms", 1_000_000L,
                    "s", 1_000_000_000L,
                    "m", 60_000_000_000L,
                    "h", 3_600_000_000_000L);

    private GoDuration() {}

    /**
     * Reads a time that is not negative.
     *
     * @throws IllegalArgumentException when it is none
     */
    static Duration parse(String text) {
        if (text.equals("0")) {
            return Duration.ZERO;
        }
        BigDecimal nanos = BigDecimal.ZERO;
        int at = 0;
        while (at < text.length()) {
            int number = at;
            while (at < text.length() && isOfNumber(text.charAt(at))) {
                at++;
            }
            int unit = at;
            while (at < text.length() && !isOfNumber(text.charAt(at))) {
                at++;
            }
            Long factor = NANOS.get(text.substring(unit, at));
            if (factor == null) {
                throw invalid(text);
            }
            try {
                nanos =
                        nanos.add(
                                new BigDecimal(text.substring(number, unit))
                                        .multiply(BigDecimal.valueOf(factor)));
            } catch (NumberFormatException e) {
                throw invalid(text);
            }
        }
        if (text.isEmpty() || nanos.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
            throw invalid(text);
        }
        return Duration.ofNanos(nanos.longValue());
    }

    private static boolean isOfNumber(char c) {
        return (c >= '0' && c <= '9') || c == '.';
    }

    private static IllegalArgumentException invalid(String text) {
        return new IllegalArgumentException(
                "\"" + text + "\" is no duration like 10s, 1m30s or 500ms");
    }
}
