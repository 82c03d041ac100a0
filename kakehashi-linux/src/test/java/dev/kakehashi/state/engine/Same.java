package dev.kakehashi.state.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Comparison of long texts whose lines are sorted. */
final class Same {
    private Same() {}

    /**
     * Compares.
     *
     * @throws AssertionError with the lines that only one of them has
     */
    static void assertSame(String actual, String expected) {
        if (actual.equals(expected)) {
            return;
        }
        List<String> more = new ArrayList<>(Arrays.asList(actual.split("\n", -1)));
        List<String> less = new ArrayList<>(Arrays.asList(expected.split("\n", -1)));
        for (String line : expected.split("\n", -1)) {
            more.remove(line);
        }
        for (String line : actual.split("\n", -1)) {
            less.remove(line);
        }
        throw new AssertionError(
                "not as before; there is more:\n  "
                        + String.join("\n  ", more)
                        + "\nand less:\n  "
                        + String.join("\n  ", less));
    }
}
