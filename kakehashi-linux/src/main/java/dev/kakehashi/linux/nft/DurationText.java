package dev.kakehashi.linux.nft;

/** Durations as nft writes them: {@code 1d2h3m4s5ms}. */
final class DurationText {
    private static final long SECOND = 1000;
    private static final long MINUTE = 60 * SECOND;
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;

    private DurationText() {}

    static String of(long millis) {
        StringBuilder text = new StringBuilder();
        long rest = append(text, millis, DAY, "d");
        rest = append(text, rest, HOUR, "h");
        rest = append(text, rest, MINUTE, "m");
        rest = append(text, rest, SECOND, "s");
        append(text, rest, 1, "ms");
        return text.isEmpty() ? "0s" : text.toString();
    }

    private static long append(StringBuilder text, long millis, long unit, String name) {
        if (millis >= unit) {
            text.append(millis / unit).append(name);
        }
        return millis % unit;
    }
}
